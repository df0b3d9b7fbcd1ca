//! The event loop.

use super::queue::{EventId, EventQueue, Priority};
use crate::base::units::{SimTime, Span};

/// What is simulated: state, and what each event does to it.
///
/// The state is plain data; events are an enum. A model that is `Clone` can be forked
/// with its engine.
pub trait Model {
    /// What can happen.
    type Event;

    /// Lets `event` happen at [`Scheduler::now`].
    fn handle(&mut self, event: Self::Event, scheduler: &mut Scheduler<Self::Event>);
}

/// The clock and the events to come, as a handler sees them.
#[derive(Clone, Debug)]
pub struct Scheduler<E> {
    now: SimTime,
    queue: EventQueue<E>,
    handled: u64,
    stopping: bool,
}

impl<E> Scheduler<E> {
    /// The clock at the start, with nothing to come.
    pub const fn new() -> Self {
        Self { now: SimTime::START, queue: EventQueue::new(), handled: 0, stopping: false }
    }

    /// The current instant.
    #[inline]
    pub const fn now(&self) -> SimTime {
        self.now
    }

    /// Lets `event` happen at `at`, after what is already scheduled for that instant.
    /// What is scheduled at [`SimTime::NEVER`] waits until it is re-timed.
    ///
    /// # Panics
    /// If `at` has passed: time does not run backwards.
    #[inline]
    pub fn schedule_at(&mut self, at: SimTime, event: E) -> EventId {
        self.schedule_ranked(at, Priority::NORMAL, event)
    }

    /// Lets `event` happen when `delay` has passed.
    #[inline]
    pub fn schedule_after(&mut self, delay: Span, event: E) -> EventId {
        self.schedule_ranked(self.now + delay, Priority::NORMAL, event)
    }

    /// Lets `event` happen at `at`, before those of the same instant whose priority
    /// comes later.
    ///
    /// # Panics
    /// If `at` has passed.
    #[inline]
    pub fn schedule_ranked(&mut self, at: SimTime, priority: Priority, event: E) -> EventId {
        self.assert_to_come(at);
        self.queue.push(at, priority, event)
    }

    /// Takes an event back and returns it; nothing when it has happened or was taken
    /// back already.
    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        self.queue.cancel(id)
    }

    /// Moves an event to another instant, as if it had been cancelled and scheduled
    /// anew with the same priority; its id stays valid. Whether it was still to come.
    ///
    /// # Panics
    /// If `at` has passed.
    pub fn retime(&mut self, id: EventId, at: SimTime) -> bool {
        self.assert_to_come(at);
        self.queue.retime(id, at)
    }

    /// When an event is due; nothing when it has happened or was cancelled.
    pub fn time_of(&self, id: EventId) -> Option<SimTime> {
        self.queue.time_of(id)
    }

    /// The number of events to come.
    pub fn pending(&self) -> usize {
        self.queue.len()
    }

    /// The number of events that have happened.
    pub const fn handled(&self) -> u64 {
        self.handled
    }

    /// Ends the run after this event; a later run goes on from here.
    pub const fn stop(&mut self) {
        self.stopping = true;
    }

    #[inline]
    fn assert_to_come(&self, at: SimTime) {
        assert!(at >= self.now, "scheduled for {at:?}, but it is already {:?}", self.now);
    }
}

impl<E> Default for Scheduler<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// Why a run ended. The engine can go on from each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The time given was reached; the clock stands at it.
    Time,
    /// Nothing more is to come. The clock stands at the last event, or at the time
    /// given if there was one.
    Exhausted,
    /// The model called [`Scheduler::stop`], or the condition of
    /// [`Engine::run_while`] ceased to hold; the clock stands at that event.
    Stopped,
}

/// A model with its clock and its events to come; a copy is a fork.
#[derive(Clone, Debug)]
pub struct Engine<M: Model> {
    model: M,
    scheduler: Scheduler<M::Event>,
}

impl<M: Model> Engine<M> {
    /// A model at the start of time, with nothing scheduled.
    pub const fn new(model: M) -> Self {
        Self::resume(model, Scheduler::new())
    }

    /// A model that goes on under a scheduler taken from another engine: how a fork is
    /// given other observers.
    pub const fn resume(model: M, scheduler: Scheduler<M::Event>) -> Self {
        Self { model, scheduler }
    }

    /// The model.
    pub const fn model(&self) -> &M {
        &self.model
    }

    /// The model, to be changed between runs.
    pub const fn model_mut(&mut self) -> &mut M {
        &mut self.model
    }

    /// The clock and the events to come.
    pub const fn scheduler(&self) -> &Scheduler<M::Event> {
        &self.scheduler
    }

    /// The scheduler, for the first events and for those between runs.
    pub const fn scheduler_mut(&mut self) -> &mut Scheduler<M::Event> {
        &mut self.scheduler
    }

    /// Both at once, for calls into the model that schedule.
    pub const fn parts_mut(&mut self) -> (&mut M, &mut Scheduler<M::Event>) {
        (&mut self.model, &mut self.scheduler)
    }

    /// The model and the scheduler, taken apart.
    pub fn into_parts(self) -> (M, Scheduler<M::Event>) {
        (self.model, self.scheduler)
    }

    /// The current instant.
    pub const fn now(&self) -> SimTime {
        self.scheduler.now
    }

    /// Handles every event until none is to come or the model stops.
    pub fn run(&mut self) -> Ended {
        self.run_while(SimTime::NEVER, |_| true)
    }

    /// Handles every event not later than `until`, then sets the clock to `until`.
    pub fn run_until(&mut self, until: SimTime) -> Ended {
        self.run_while(until, |_| true)
    }

    /// Handles events not later than `until` as long as `goes_on` holds for the model;
    /// it is asked before the first event and after each.
    pub fn run_while(&mut self, until: SimTime, mut goes_on: impl FnMut(&M) -> bool) -> Ended {
        self.scheduler.stopping = false;
        while goes_on(&self.model) {
            if !self.step_until(until) {
                return self.arrive(until);
            }
            if self.scheduler.stopping {
                return Ended::Stopped;
            }
        }
        Ended::Stopped
    }

    /// Handles the next event, if there is one; whether there was.
    pub fn step(&mut self) -> bool {
        self.step_until(SimTime::NEVER)
    }

    #[inline]
    fn step_until(&mut self, until: SimTime) -> bool {
        let last = until.min(LAST_INSTANT);
        let Some((at, event)) = self.scheduler.queue.pop_until(last) else { return false };
        debug_assert!(at >= self.scheduler.now);
        self.scheduler.now = at;
        self.scheduler.handled += 1;
        self.model.handle(event, &mut self.scheduler);
        true
    }

    fn arrive(&mut self, until: SimTime) -> Ended {
        if until <= LAST_INSTANT {
            self.scheduler.now = self.scheduler.now.max(until);
        }
        match self.scheduler.queue.peek() {
            Some((at, _)) if at <= LAST_INSTANT => Ended::Time,
            _ => Ended::Exhausted,
        }
    }
}

/// The last instant at which something can happen.
const LAST_INSTANT: SimTime = SimTime::from_ns(SimTime::NEVER.as_ns() - 1);

#[cfg(test)]
mod tests {
    use super::*;

    /// Rings every 10 ns; the fifth ring is the last, and an alarm rings once.
    #[derive(Clone, Default)]
    struct Clock {
        rings: Vec<(u64, Event)>,
    }

    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    enum Event {
        Ring,
        Alarm,
        Halt,
    }

    impl Model for Clock {
        type Event = Event;

        fn handle(&mut self, event: Event, scheduler: &mut Scheduler<Event>) {
            self.rings.push((scheduler.now().as_ns(), event));
            match event {
                Event::Ring if self.rings.len() < 5 => {
                    scheduler.schedule_after(Span::from_ns(10), Event::Ring);
                }
                Event::Ring | Event::Alarm => {}
                Event::Halt => scheduler.stop(),
            }
        }
    }

    fn clock() -> Engine<Clock> {
        let mut engine = Engine::new(Clock::default());
        engine.scheduler_mut().schedule_at(SimTime::START, Event::Ring);
        engine
    }

    #[test]
    fn a_run_ends_where_it_says() {
        let mut engine = clock();
        assert_eq!(engine.run_until(SimTime::from_ns(20)), Ended::Time);
        assert_eq!((engine.now().as_ns(), engine.model().rings.len()), (20, 3));
        assert_eq!(engine.run_until(SimTime::from_ns(25)), Ended::Time);
        assert_eq!(engine.now().as_ns(), 25);
        assert_eq!(engine.run(), Ended::Exhausted);
        assert_eq!((engine.now().as_ns(), engine.scheduler().handled()), (40, 5));
        assert!(!engine.step());
    }

    #[test]
    fn a_condition_or_the_model_can_stop_a_run_and_it_goes_on_from_there() {
        let mut engine = clock();
        assert_eq!(engine.run_while(SimTime::NEVER, |model| model.rings.len() < 2), Ended::Stopped);
        assert_eq!(engine.now().as_ns(), 10);
        engine.scheduler_mut().schedule_at(SimTime::from_ns(15), Event::Halt);
        assert_eq!(engine.run(), Ended::Stopped);
        assert_eq!(engine.now().as_ns(), 15);
        assert_eq!(engine.run(), Ended::Exhausted);
    }

    #[test]
    fn a_cancelled_event_does_not_move_the_clock() {
        let mut engine = clock();
        let alarm = engine.scheduler_mut().schedule_at(SimTime::from_ns(1_000), Event::Alarm);
        engine.run_until(SimTime::from_ns(12));
        assert_eq!(engine.scheduler_mut().cancel(alarm), Some(Event::Alarm));
        assert_eq!(engine.scheduler_mut().cancel(alarm), None);
        engine.run();
        assert_eq!(engine.now().as_ns(), 40);
    }

    #[test]
    fn what_is_scheduled_for_never_waits_until_it_is_retimed() {
        let mut engine = clock();
        let alarm = engine.scheduler_mut().schedule_at(SimTime::NEVER, Event::Alarm);
        assert_eq!(engine.run(), Ended::Exhausted);
        assert_eq!(engine.now().as_ns(), 40);
        assert!(engine.scheduler_mut().retime(alarm, SimTime::from_ns(50)));
        engine.run();
        assert_eq!(engine.model().rings.last(), Some(&(50, Event::Alarm)));
    }

    #[test]
    fn priorities_rank_events_of_one_instant() {
        let mut engine = Engine::new(Clock::default());
        let at = SimTime::from_ns(5);
        engine.scheduler_mut().schedule_ranked(at, Priority::LAST, Event::Halt);
        engine.scheduler_mut().schedule_at(at, Event::Alarm);
        engine.scheduler_mut().schedule_ranked(at, Priority::FIRST, Event::Alarm);
        engine.run();
        let order: Vec<Event> = engine.model().rings.iter().map(|ring| ring.1).collect();
        assert_eq!(order, [Event::Alarm, Event::Alarm, Event::Halt]);
    }

    #[test]
    fn a_fork_and_its_original_live_the_same_life() {
        let mut engine = clock();
        engine.run_until(SimTime::from_ns(15));
        let mut fork = engine.clone();
        engine.run();
        assert_eq!(fork.model().rings.len(), 2);
        fork.run();
        assert_eq!(engine.model().rings, fork.model().rings);
    }

    #[test]
    #[should_panic(expected = "but it is already")]
    fn the_past_cannot_be_scheduled() {
        let mut engine = clock();
        engine.run();
        engine.scheduler_mut().schedule_at(SimTime::START, Event::Ring);
    }
}
