//! The declarations: one text for the type, its reader, its messages, its schema
//! and its documentation.

/// Declares a mapping with known keys.
///
/// ```
/// use portolan::base::settings::{Name, Setting};
/// use portolan::base::units::Period;
///
/// portolan::record! {
///     /// A place where workloads run.
///     pub struct Harbour as "a harbour" {
///         /// Who operates it.
///         pub operator: Name,
///         /// How long a ship may stay.
///         pub stay: Period = "3 days",
///         /// How deep it is, if anybody knows.
///         pub depth: Option<u32>,
///     }
/// }
/// # assert_eq!(Harbour::WHAT, "a harbour");
/// ```
///
/// The key is the name of the field. A field with `= "…"` has that YAML text as its
/// default; one whose type has an absent value (`Option`) may be left out; any
/// other is required. The struct also gets a `spot`, where it is written.
#[macro_export]
macro_rules! record {
    ($(
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),*)])?
        $vis:vis struct $name:ident as $what:literal {
            $(
                $(#[doc = $field_doc:literal])*
                $field_vis:vis $field:ident : $type:ty $(= $default:literal)?
            ),* $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq $(, $($derive),*)?)]
        $vis struct $name {
            /// Where it is written.
            pub spot: $crate::base::diagnostics::Spot,
            $(
                $(#[doc = $field_doc])*
                $field_vis $field: $type,
            )*
        }

        impl $crate::base::settings::Record for $name {
            const FIELDS: &'static [$crate::base::settings::Field] = &[$(
                $crate::base::settings::Field {
                    key: $crate::base::settings::bare_key(stringify!($field)),
                    doc: $crate::base::settings::first_space_cut(concat!($($field_doc),*)),
                    default: $crate::default_text!($($default)?),
                },
            )*];
        }

        impl $crate::base::settings::Setting for $name {
            const WHAT: &'static str = $what;

            fn schema(schemas: &mut $crate::base::settings::Schemas) -> $crate::base::settings::Value {
                schemas.define(stringify!($name), |schemas| {
                    let mut fields = <Self as $crate::base::settings::Record>::FIELDS.iter();
                    let properties = vec![$({
                        let field = fields.next().expect("one entry for each field of the declaration");
                        $crate::base::settings::property::<$type>(field, schemas)
                    }),*];
                    $crate::base::settings::object(
                        $crate::base::settings::first_space_cut(concat!($($doc),*)),
                        properties,
                    )
                })
            }

            fn read(
                node: &$crate::base::yaml::Node,
                diagnostics: &mut $crate::base::diagnostics::Diagnostics,
            ) -> Option<Self> {
                let known = <Self as $crate::base::settings::Record>::FIELDS;
                let mut fields = $crate::base::settings::Fields::open(node, $what, known, diagnostics)?;
                let mut known = known.iter();
                // All fields are read before any failure counts, so that all of
                // their errors are collected.
                $(
                    let $field: Option<$type> =
                        fields.read(known.next().expect("one entry for each field of the declaration"));
                )*
                Some(Self { spot: node.spot, $($field: $field?),* })
            }

            fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn $crate::base::settings::AnyFigure)) {
                $(<$type as $crate::base::settings::Setting>::each_figure(&self.$field, visit);)*
            }
        }
    )+};
}

/// The default of a field of [`record!`](crate::record), if it has one.
#[doc(hidden)]
#[macro_export]
macro_rules! default_text {
    () => {
        None
    };
    ($default:literal) => {
        Some($default)
    };
}

/// Declares a closed list of words.
///
/// ```
/// use portolan::base::settings::Setting;
///
/// portolan::choices! {
///     /// What a site is for.
///     pub enum Role as "a role of a site" {
///         /// Workloads run there.
///         Primary = "primary",
///         /// It waits for the other one to fail.
///         DisasterRecovery = "disaster-recovery",
///     }
/// }
/// # assert_eq!(Role::DisasterRecovery.word(), "disaster-recovery");
/// ```
#[macro_export]
macro_rules! choices {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident as $what:literal {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident = $word:literal
            ),+ $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        $vis enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant,
            )+
        }

        impl $name {
            /// All of them, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word it is written with.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl $crate::base::settings::Setting for $name {
            const WHAT: &'static str = $what;

            fn schema(schemas: &mut $crate::base::settings::Schemas) -> $crate::base::settings::Value {
                schemas.define(stringify!($name), |_| $crate::base::settings::words_schema(
                    $crate::base::settings::first_space_cut(concat!($($doc),*)),
                    &[$(($word, $crate::base::settings::first_space_cut(concat!($($variant_doc),*)))),+],
                ))
            }

            fn read(
                node: &$crate::base::yaml::Node,
                diagnostics: &mut $crate::base::diagnostics::Diagnostics,
            ) -> Option<Self> {
                $crate::base::settings::read_word(node, $what, &[$(($word, Self::$variant)),+], diagnostics)
            }

            fn example() -> Option<String> {
                Self::ALL.first().map(|first| first.word().to_owned())
            }
        }
    )+};
}

/// Declares a mapping that has exactly one of several keys; the key says the kind.
///
/// ```
/// use portolan::base::settings::{Name, Setting};
/// use portolan::base::units::Period;
///
/// portolan::kinds! {
///     /// What befalls a ship.
///     pub enum Event as "an event" {
///         /// It is moored so long.
///         Mooring(Period) = "mooring",
///         /// It is sold to somebody.
///         Sale(Name) = "sale",
///     }
/// }
/// # assert_eq!(Event::WHAT, "an event");
/// ```
#[macro_export]
macro_rules! kinds {
    ($(
        $(#[doc = $doc:literal])*
        $vis:vis enum $name:ident as $what:literal {
            $(
                $(#[doc = $variant_doc:literal])*
                $variant:ident($type:ty) = $key:literal
            ),+ $(,)?
        }
    )+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        $vis enum $name {
            $(
                $(#[doc = $variant_doc])*
                $variant($type),
            )+
        }

        impl $name {
            /// What is known of the keys, one a kind.
            pub const FIELDS: &'static [$crate::base::settings::Field] = &[$(
                $crate::base::settings::Field {
                    key: $key,
                    doc: $crate::base::settings::first_space_cut(concat!($($variant_doc),*)),
                    default: None,
                },
            )+];

            /// The key that says its kind.
            #[allow(dead_code, reason = "not every closed list of kinds is printed")]
            pub const fn key(&self) -> &'static str {
                match self { $(Self::$variant(_) => $key),+ }
            }
        }

        impl $crate::base::settings::Setting for $name {
            const WHAT: &'static str = $what;

            fn schema(schemas: &mut $crate::base::settings::Schemas) -> $crate::base::settings::Value {
                schemas.define(stringify!($name), |schemas| {
                    let mut fields = Self::FIELDS.iter();
                    let properties = vec![$({
                        let field = fields.next().expect("one entry for each kind of the declaration");
                        $crate::base::settings::property::<Option<$type>>(field, schemas)
                    }),+];
                    let mut schema = $crate::base::settings::object(
                        $crate::base::settings::first_space_cut(concat!($($doc),*)),
                        properties,
                    );
                    schema["minProperties"] = 1.into();
                    schema["maxProperties"] = 1.into();
                    schema
                })
            }

            fn read(
                node: &$crate::base::yaml::Node,
                diagnostics: &mut $crate::base::diagnostics::Diagnostics,
            ) -> Option<Self> {
                let (key, value) = $crate::base::settings::only_key(node, $what, Self::FIELDS, diagnostics)?;
                match key {
                    $($key => <$type as $crate::base::settings::Setting>::read(value, diagnostics).map(Self::$variant),)+
                    _ => None,
                }
            }

            fn each_figure<'a>(&'a self, visit: &mut dyn FnMut(&'a dyn $crate::base::settings::AnyFigure)) {
                match self {
                    $(Self::$variant(value) => <$type as $crate::base::settings::Setting>::each_figure(value, visit),)+
                }
            }
        }
    )+};
}
