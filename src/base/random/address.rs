//! The address of a random number, and the generator that reads it.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng, TryRng};

use super::Quantile;
use super::logarithm::ln;
use super::special::normal_quantile;

/// What a number is drawn for: "time to failure", "price drift".
///
/// Two purposes are the same when their labels are. Declared as a constant beside
/// the code that draws.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Purpose {
    label: &'static str,
    key: u64,
}

/// The kind of an entity: "host", "workload", "link".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntityKind(&'static str);

/// Whom a number is drawn for: a stable 64-bit hash of what the entity is called,
/// never of where it stands in a table.
///
/// FNV-1a over the kind, a byte that no UTF-8 text contains, the declared key, that
/// byte again and the ordinal (little-endian), then the finaliser of SplitMix64 to
/// spread the bits. With 100,000 entities the chance that any two share a key is
/// 3 in 10^10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntityKey(u64);

/// The numbers of one replication of one seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Draws {
    /// The scenario's seed.
    pub seed: u64,
    /// The replication, from 0.
    pub replication: u64,
}

impl Purpose {
    /// The purpose of this name.
    pub const fn new(label: &'static str) -> Self {
        Self { label, key: finalise(absorb(FNV_OFFSET, label.as_bytes())) }
    }

    /// The name it was declared with.
    pub const fn label(self) -> &'static str {
        self.label
    }
}

impl EntityKind {
    /// The kind of this name.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }
}

impl EntityKey {
    /// The key of the entity of this kind, declared under `key` (in a scenario or an
    /// inventory), the `ordinal`-th of those that share that key.
    pub const fn new(kind: EntityKind, key: &str, ordinal: u64) -> Self {
        let hash = absorb(absorb(FNV_OFFSET, kind.0.as_bytes()), &[SEPARATOR]);
        let hash = absorb(absorb(hash, key.as_bytes()), &[SEPARATOR]);
        Self(finalise(absorb(hash, &ordinal.to_le_bytes())))
    }

    /// The key of the `ordinal`-th part of this kind within the entity, such as the
    /// third disk of a workload.
    pub const fn part(self, kind: EntityKind, ordinal: u64) -> Self {
        let hash = absorb(absorb(FNV_OFFSET, &self.0.to_le_bytes()), &[SEPARATOR]);
        let hash = absorb(absorb(hash, kind.0.as_bytes()), &[SEPARATOR]);
        Self(finalise(absorb(hash, &ordinal.to_le_bytes())))
    }

    /// The hash itself.
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl Draws {
    /// The `k`-th number of an address, in the open interval (0, 1).
    ///
    /// Reads word `k` (64 bits) of the ChaCha8 key stream whose 256-bit key is
    /// (seed, replication, purpose, entity): no two addresses share a key. Costs
    /// as much as 32 numbers of a [`Stream`]; the first 32 words of an address come
    /// from one refill of the generator, see [`Draws::uniforms`].
    pub fn uniform(&self, purpose: Purpose, entity: EntityKey, k: u32) -> f64 {
        let mut generator = self.generator(purpose, entity);
        generator.set_word_pos(u128::from(k) * 2);
        open_unit(generator.next_u64())
    }

    /// The numbers 0 to `N` - 1 of an address at the price of one.
    pub fn uniforms<const N: usize>(&self, purpose: Purpose, entity: EntityKey) -> [f64; N] {
        let mut generator = self.generator(purpose, entity);
        std::array::from_fn(|_| open_unit(generator.next_u64()))
    }

    /// One variate of a tabulated distribution: the quantile of [`Draws::uniform`].
    pub fn sample(&self, purpose: Purpose, entity: EntityKey, quantile: &Quantile) -> f64 {
        quantile.at(self.uniform(purpose, entity, 0))
    }

    /// A sequential stream of numbers for an address, disjoint from the numbers that
    /// [`Draws::uniform`] gives there.
    pub fn stream(&self, purpose: Purpose, entity: EntityKey) -> Stream {
        let mut generator = self.generator(purpose, entity);
        generator.set_stream(STREAM_NONCE);
        Stream { generator, ahead: None }
    }

    fn generator(&self, purpose: Purpose, entity: EntityKey) -> ChaCha8Rng {
        let mut key = [0; 32];
        let words = [self.seed, self.replication, purpose.key, entity.0];
        for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        #[cfg(test)]
        log::note(key);
        ChaCha8Rng::from_seed(key)
    }
}

/// What was drawn: which addresses a run asked for, so that tests can compare runs.
#[cfg(test)]
pub(crate) mod log {
    use super::{ChaCha8Rng, Rng as _, SeedableRng as _};
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    /// Addresses (seed, replication, purpose, entity) with the first number of each.
    pub(crate) type Log = BTreeMap<[u8; 32], u64>;

    thread_local! {
        static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
    }

    pub(super) fn note(key: [u8; 32]) {
        LOG.with_borrow_mut(|log| {
            if let Some(log) = log {
                log.entry(key).or_insert_with(|| ChaCha8Rng::from_seed(key).next_u64());
            }
        });
    }

    /// The addresses that `run` asks for on this thread.
    pub(crate) fn of(run: impl FnOnce()) -> Log {
        LOG.set(Some(Log::new()));
        run();
        LOG.take().expect("it was set")
    }
}

/// A sequential stream of random numbers: a ChaCha8 generator of its own (about
/// 350 bytes), so forks copy it and continue alike.
///
/// It is also a generator of the `rand` crate, for the samplers of `rand_distr`;
/// those may use more than one number per variate.
#[derive(Debug)]
pub struct Stream {
    generator: ChaCha8Rng,
    ahead: Option<Ahead>,
}

/// The next number of a stream that draws exponential variates, with its logarithm. In a
/// simulation what happens next waits for the last variate; the logarithm of the next one,
/// taken ahead, is off that path.
#[derive(Clone, Copy, Debug)]
struct Ahead {
    word: u64,
    logarithm: f64,
}

impl Clone for Stream {
    /// Costs one refill of the generator: `ChaCha8Rng` does not copy itself, lest a
    /// cipher's key stream be used twice, but continues from any position.
    fn clone(&self) -> Self {
        let mut generator = ChaCha8Rng::from_seed(self.generator.get_seed());
        generator.set_stream(self.generator.get_stream());
        generator.set_word_pos(self.generator.get_word_pos());
        Self { generator, ahead: self.ahead }
    }
}

impl PartialEq for Stream {
    /// Whether the same numbers are to come.
    fn eq(&self, other: &Self) -> bool {
        let source = |stream: &Self| (stream.generator.get_seed(), stream.generator.get_stream());
        source(self) == source(other) && self.position() == other.position()
    }
}

impl Eq for Stream {}

impl Stream {
    /// The next number, in the open interval (0, 1).
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        open_unit(self.word())
    }

    /// The next number as a whole number below `bound`, each as likely as the next
    /// to within `bound` / 2^64 (multiply-shift).
    ///
    /// # Panics
    /// If `bound` is zero: there is nothing to choose from.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "a choice needs at least one candidate");
        ((u128::from(self.word()) * u128::from(bound)) >> 64) as u64
    }

    /// The next exponential variate of this mean, in its unit.
    #[inline(always)]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        let logarithm = match self.ahead {
            Some(ahead) => ahead.logarithm,
            None => log_of_rest(open_unit(self.generator.next_u64())),
        };
        let word = self.generator.next_u64();
        self.ahead = Some(Ahead { word, logarithm: log_of_rest(open_unit(word)) });
        -mean * logarithm
    }

    /// The next normal variate of this mean and standard deviation.
    #[inline]
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        mean + deviation * normal_quantile(self.uniform())
    }

    /// The next variate of a tabulated distribution.
    #[inline]
    pub fn sample(&mut self, quantile: &Quantile) -> f64 {
        quantile.at(self.uniform())
    }

    #[inline]
    fn word(&mut self) -> u64 {
        match self.ahead.take() {
            Some(ahead) => ahead.word,
            None => self.generator.next_u64(),
        }
    }

    /// Of the next number, in words of 32 bits.
    fn position(&self) -> u128 {
        self.generator.get_word_pos() - if self.ahead.is_some() { 2 } else { 0 }
    }

    /// Gives back what was drawn ahead, for those who draw by other measures.
    fn fall_back(&mut self) {
        if self.ahead.is_some() {
            self.generator.set_word_pos(self.position());
            self.ahead = None;
        }
    }
}

impl TryRng for Stream {
    type Error = std::convert::Infallible;

    #[inline]
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.fall_back();
        Ok(self.generator.next_u32())
    }

    #[inline]
    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.word())
    }

    #[inline]
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.fall_back();
        self.generator.fill_bytes(bytes);
        Ok(())
    }
}

/// The quantile of the exponential distribution of this mean at `u`.
#[inline]
pub(super) fn exponential(u: f64, mean: f64) -> f64 {
    -mean * log_of_rest(u)
}

/// ln(1 - u); 1 - u is exact for every u that [`open_unit`] gives.
#[inline]
fn log_of_rest(u: f64) -> f64 {
    ln(1.0 - u)
}

/// 52 bits and a half: symmetric about one half, never 0, never 1, exact.
#[inline]
fn open_unit(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// Addressed numbers are read from ChaCha's stream 0, sequential ones from this.
const STREAM_NONCE: u64 = 1;
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;
/// No UTF-8 text contains this byte, so ("ab", "c") and ("a", "bc") differ.
const SEPARATOR: u8 = 0xff;

const fn absorb(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(FNV_PRIME);
        index += 1;
    }
    hash
}

/// The output function of SplitMix64 (Steele, Lea and Flood 2014).
const fn finalise(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const HOST: EntityKind = EntityKind::new("host");
    const FAILURE: Purpose = Purpose::new("time to failure");
    const REPAIR: Purpose = Purpose::new("time to repair");
    const DRAWS: Draws = Draws { seed: 42, replication: 7 };

    #[test]
    fn keys_and_numbers_are_the_same_bits_on_every_machine() {
        let host = EntityKey::new(HOST, "paris", 3);
        // Computed by an implementation of the same definitions in another language.
        assert_eq!(host.as_u64(), 11_262_010_011_794_499_707);
        assert_eq!(FAILURE.key, 3_193_505_768_830_451_156);
        let numbers = [0, 1, 31, 1_000].map(|k| DRAWS.uniform(FAILURE, host, k).to_bits());
        assert_eq!(
            numbers,
            [4606122720948239151, 4594507329607753828, 4580360710027468320, 4606746302848888491]
        );
        let mut stream = DRAWS.stream(FAILURE, host);
        assert_eq!(stream.uniform().to_bits(), 4_606_231_174_432_496_981);
        assert_eq!(stream.uniform().to_bits(), 4_579_614_217_713_087_936);
        assert_eq!(stream.exponential(2.0).to_bits(), 4_607_322_709_428_431_930);
        assert_eq!(stream.normal(0.0, 1.0).to_bits(), 13_836_275_600_348_020_001);
    }

    #[test]
    fn every_part_of_the_address_changes_the_number() {
        let host = EntityKey::new(HOST, "paris", 3);
        let other = Draws { seed: 43, ..DRAWS };
        let later = Draws { replication: 8, ..DRAWS };
        let numbers = [
            DRAWS.uniform(FAILURE, host, 0),
            DRAWS.uniform(FAILURE, host, 1),
            DRAWS.uniform(REPAIR, host, 0),
            DRAWS.uniform(FAILURE, EntityKey::new(HOST, "paris", 4), 0),
            DRAWS.uniform(FAILURE, EntityKey::new(HOST, "lyon", 3), 0),
            DRAWS.uniform(FAILURE, EntityKey::new(EntityKind::new("link"), "paris", 3), 0),
            DRAWS.uniform(FAILURE, host.part(HOST, 0), 0),
            other.uniform(FAILURE, host, 0),
            later.uniform(FAILURE, host, 0),
            DRAWS.stream(FAILURE, host).uniform(),
        ];
        let distinct: BTreeSet<u64> = numbers.iter().map(|u| u.to_bits()).collect();
        assert_eq!(distinct.len(), numbers.len());
    }

    #[test]
    fn a_kind_and_a_key_do_not_run_into_each_other() {
        assert_ne!(
            EntityKey::new(EntityKind::new("ab"), "c", 0),
            EntityKey::new(EntityKind::new("a"), "bc", 0)
        );
    }

    #[test]
    fn a_number_does_not_depend_on_how_many_are_read_with_it() {
        let host = EntityKey::new(HOST, "paris", 0);
        let together: [f64; 40] = DRAWS.uniforms(FAILURE, host);
        for (k, u) in together.into_iter().enumerate() {
            assert_eq!(u, DRAWS.uniform(FAILURE, host, k as u32));
        }
    }

    #[test]
    fn the_unit_interval_is_open_at_both_ends() {
        assert!(open_unit(0) > 0.0);
        assert!(open_unit(u64::MAX) < 1.0);
        assert_eq!(open_unit(0), 1.0 - open_unit(u64::MAX));
    }

    #[test]
    fn numbers_of_neighbouring_entities_are_uniform_and_unrelated() {
        let n = 100_000;
        let numbers: Vec<f64> =
            (0..n).map(|i| DRAWS.uniform(FAILURE, EntityKey::new(HOST, "paris", i), 0)).collect();
        let mean = numbers.iter().sum::<f64>() / n as f64;
        let lag = numbers.windows(2).map(|pair| (pair[0] - 0.5) * (pair[1] - 0.5)).sum::<f64>() / n as f64;
        // Four standard errors: sd is 1/sqrt(12) for a number and 1/12 for a product.
        assert!((mean - 0.5).abs() < 4.0 / (12.0 * n as f64).sqrt(), "mean {mean}");
        assert!(lag.abs() < 4.0 / 12.0 / (n as f64).sqrt(), "lag-1 covariance {lag}");
    }

    #[test]
    fn numbers_come_in_one_order_however_they_are_drawn() {
        let fresh = || DRAWS.stream(FAILURE, EntityKey::new(HOST, "paris", 0));
        let mut plain = fresh();
        let numbers: [f64; 40] = std::array::from_fn(|_| plain.uniform());
        let mut mixed = fresh();
        for step in 0..10 {
            assert_eq!(mixed.exponential(1.0), exponential(numbers[4 * step], 1.0));
            assert_eq!(mixed.exponential(2.0), exponential(numbers[4 * step + 1], 2.0));
            assert_eq!(mixed.uniform(), numbers[4 * step + 2]);
            mixed.exponential(1.0);
            let mut copy = mixed.clone();
            assert!(copy == mixed);
            copy.exponential(1.0);
            assert!(copy != mixed);
        }
        assert!(mixed == plain);
        // Two halves of the next number, by the interface of `rand`.
        mixed.exponential(1.0);
        plain.uniform();
        let halves = [mixed.next_u32(), mixed.next_u32()].map(u64::from);
        assert_eq!(halves[0] | halves[1] << 32, plain.next_u64());
    }

    #[test]
    fn a_copied_stream_continues_like_its_original() {
        let mut stream = DRAWS.stream(FAILURE, EntityKey::new(HOST, "paris", 0));
        // Across several refills, wherever in a refill the copy is made.
        for drawn in 0..100 {
            let mut copy = stream.clone();
            for _ in 0..40 {
                copy.uniform();
            }
            let mut ahead = DRAWS.stream(FAILURE, EntityKey::new(HOST, "paris", 0));
            for _ in 0..drawn + 40 {
                ahead.uniform();
            }
            assert_eq!(copy.uniform(), ahead.uniform(), "copied after {drawn} numbers");
            stream.uniform();
        }
    }
}
