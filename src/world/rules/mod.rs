//! Pure functions over the World.
