//! How the estate is run and how moves are made: the scenario's own figures, else the
//! catalogue's assumptions.

use super::Resolver;
use super::figures::Unit;
use crate::base::diagnostics::Diagnostic;
use crate::base::settings::Located;
use crate::base::settings::{Figure, Ratio};
use crate::base::units::{
    Bandwidth, Calendar, Effort, EventRate, Hourly, KilowattHour, Measure, Period, PricePer, Share, Span,
    Traffic, Written, Yearly,
};
use crate::input::scenario::FollowedCycles;
use crate::world::{
    CutoverCalendar, DeltaCycles, Factory, FigureId, Freeze, MemoryUse, Multiple, Operations, Window,
};

/// A length of time that is worked: a day of it is not a day of the calendar.
const WEEK_HOURS: f64 = 168.0;

impl Resolver<'_> {
    pub(super) fn operations(&mut self) -> Operations {
        let settings = self.settings;
        let written = &settings.operations;
        let count = Unit::above_zero("");
        Operations {
            administrator_per_year: self.charged_or::<PricePer<Yearly>>(
                "operations.administrator",
                &written.administrator,
                "administrator_salary",
            ),
            workloads_per_administrator: self.figure_or::<Ratio>(
                "operations.workloads_per_administrator",
                &written.workloads_per_administrator,
                "vms_per_administrator",
                count,
            ),
            hosts_per_administrator: self.figure_or::<Ratio>(
                "operations.hosts_per_administrator",
                &written.hosts_per_administrator,
                "hosts_per_administrator",
                count,
            ),
            per_extra_management_plane: self.figure_or::<Share>(
                "operations.extra_management_plane",
                &written.extra_management_plane,
                "extra_management_plane",
                Unit::OWN,
            ),
            pue: self.figure_or::<Ratio>("operations.pue", &written.pue, "pue", Unit::OWN),
            electricity: self.charged_or::<PricePer<KilowattHour>>(
                "operations.electricity",
                &written.electricity,
                "electricity",
            ),
            user_egress_gb: self.figure_or::<Traffic>(
                "operations.user_egress",
                &written.user_egress,
                "user_egress",
                Unit::OWN,
            ),
            host_failures_per_year: self.figure_or::<EventRate>(
                "operations.host_failures",
                &written.host_failures,
                "host_failures_per_year",
                Unit::OWN,
            ),
            host_repair_hours: self.figure_or::<Period>(
                "operations.host_repair",
                &written.host_repair,
                "host_repair",
                Unit::HOURS,
            ),
            failure_detection_seconds: self.figure_or::<Period>(
                "operations.failure_detection",
                &written.failure_detection,
                "failure_detection",
                Unit::SECONDS,
            ),
            restart_minutes: self.figure_or::<Period>(
                "operations.restart",
                &written.restart,
                "vm_boot",
                Unit::MINUTES,
            ),
            sizing_headroom: self.headroom,
        }
    }

    /// The headroom on mean use, which is needed before anything is placed.
    pub(super) fn sizing_headroom(&mut self) -> FigureId {
        let settings = self.settings;
        self.figure_or::<Ratio>(
            "operations.sizing_headroom",
            &settings.operations.sizing_headroom,
            "sizing_headroom",
            Unit::above_zero(""),
        )
    }

    pub(super) fn factory(&mut self, calendar: &Calendar) -> Factory {
        let settings = self.settings;
        let written = &settings.migration;
        // The catalogue's hour is one of work; steering comes on top. An hour that the
        // user prices is taken as it is.
        let rate = match &written.rate {
            Some(rate) => {
                let rate = self.table.stated("migration.rate", rate, Unit::OWN, self.diagnostics);
                self.table.charged("migration.rate", rate)
            }
            None => {
                let hour =
                    self.table.assumption::<PricePer<Hourly>>("engineer_rate", Unit::OWN, self.diagnostics);
                let overhead =
                    self.table.assumption::<Share>("project_overhead", Unit::OWN, self.diagnostics);
                self.table.derived(
                    "migration.rate",
                    vec![Multiple::once(hour)],
                    vec![Multiple::once(overhead)],
                    None,
                )
            }
        };
        let hours_per_application = match &written.hours_per_application {
            Some(hours) => {
                self.table.stated("migration.hours_per_application", hours, Unit::OWN, self.diagnostics)
            }
            None => {
                let planning =
                    self.table.assumption::<Effort>("hours_per_application", Unit::OWN, self.diagnostics);
                let mut sum = vec![Multiple::once(planning)];
                // A test that is stated has hours of its own.
                if written.acceptance.is_none() {
                    let test =
                        self.table.assumption::<Effort>("acceptance_test", Unit::OWN, self.diagnostics);
                    sum.push(Multiple::once(test));
                }
                self.table.derived("migration.hours_per_application", sum, Vec::new(), None)
            }
        };
        let engineers =
            written.engineers.map_or_else(|| self.typical_count("engineers"), |engineers| engineers.value);
        if engineers == 0 {
            let spot = written.engineers.map(|engineers| engineers.spot);
            self.diagnostics.push(
                Diagnostic::error(spot, "A programme without engineers moves nothing")
                    .help("Write `engineers: 4`."),
            );
        }
        Factory {
            rate,
            engineers,
            hours_per_week: self.figure_or::<Effort>(
                "migration.hours_per_week",
                &written.hours_per_week,
                "productive_hours_per_week",
                Unit::above_zero("h"),
            ),
            hours_per_application,
            hours_per_vm: self.figure_or::<Effort>(
                "migration.hours_per_vm",
                &written.hours_per_vm,
                "hours_per_vm",
                Unit::OWN,
            ),
            daily_change: self.figure_or::<Share>(
                "migration.daily_change",
                &written.daily_change,
                "daily_change",
                Unit::OWN,
            ),
            compression: self.figure_or::<Ratio>(
                "migration.compression",
                &written.compression,
                "compression",
                Unit::OWN,
            ),
            host_read: written
                .host_read
                .or_else(|| self.typical::<Bandwidth>("host_read"))
                .unwrap_or(Bandwidth::from_mbit(2_400)),
            written_disk: self.figure_or::<Share>(
                "migration.written_disk",
                &written.written_disk,
                "written_disk",
                Unit::OWN,
            ),
            memory: self.memory_use(),
            delta_cycles: match written.delta_cycles {
                Some(FollowedCycles::Each) => DeltaCycles::Each,
                Some(FollowedCycles::Mean) | None => DeltaCycles::Mean,
            },
            longest_stop: self.period(written.longest_stop, "longest_stop").span(),
            cutover_failure: self.figure_or::<Share>(
                "migration.cutover_failure",
                &written.cutover_failure,
                "cutover_failure",
                Unit::OWN,
            ),
            rollback_minutes: self.figure_or::<Period>(
                "migration.rollback",
                &written.rollback,
                "rollback",
                Unit::MINUTES,
            ),
            retention: self.period(written.retention, "retention").span(),
            room_retry: self.room_retry(written.room_retry),
            room_patience: self.period(written.room_patience, "room_patience").span(),
            reinstall: self.period(written.reinstall, "host_reinstall").span(),
            calendar: self.cutover_calendar(calendar),
        }
    }

    /// How the memory of running guests is written to.
    fn memory_use(&mut self) -> MemoryUse {
        let migration = &self.settings.migration;
        MemoryUse {
            dirtied_per_busy_vcpu: self.figure_or::<Bandwidth>(
                "migration.memory_dirtied",
                &migration.memory_dirtied,
                "memory_dirtied",
                Unit::OWN,
            ),
            hot: self.figure_or::<Share>(
                "migration.memory_hot",
                &migration.memory_hot,
                "memory_hot",
                Unit::OWN,
            ),
            written: self.figure_or::<Share>(
                "migration.memory_written",
                &migration.memory_written,
                "memory_written",
                Unit::OWN,
            ),
        }
    }

    fn cutover_calendar(&mut self, calendar: &Calendar) -> CutoverCalendar {
        let written = &self.settings.migration;
        let mut windows: Vec<Window> = Vec::new();
        for window in written.windows.iter().filter(|window| !window.is_scoped()) {
            let length = window.length.value.span();
            if length.as_hours() <= 0.0 || length.as_hours() > WEEK_HOURS {
                self.diagnostics.push(Diagnostic::error(
                    window.length.spot,
                    "A weekly window is open for more than nothing and at most a week",
                ));
                continue;
            }
            windows.push(Window { opens: window.opens.since_monday, length });
        }
        let mut freezes: Vec<Freeze> = Vec::new();
        for freeze in written.freezes.iter().filter(|freeze| !freeze.is_scoped()) {
            if freeze.until.value <= freeze.from.value {
                self.diagnostics.push(
                    Diagnostic::error(freeze.until.spot, "This freeze ends before it begins")
                        .related(freeze.from.spot, "its first day"),
                );
                continue;
            }
            freezes.push(Freeze {
                from: calendar.at(freeze.from.value),
                until: calendar.at(freeze.until.value),
            });
        }
        CutoverCalendar { windows, freezes }
    }

    /// The scenario's figure, or the catalogue's assumption in its place.
    pub(super) fn figure_or<T: Written>(
        &mut self,
        path: &str,
        written: &Option<Figure<T>>,
        assumption: &str,
        unit: Unit,
    ) -> FigureId {
        match written {
            Some(figure) => self.table.stated(path, figure, unit, self.diagnostics),
            None => self.table.assumption::<T>(assumption, unit, self.diagnostics),
        }
    }

    fn charged_or<T: Written>(
        &mut self,
        path: &str,
        written: &Option<Figure<T>>,
        assumption: &str,
    ) -> FigureId {
        let figure = self.figure_or(path, written, assumption, Unit::OWN);
        self.table.charged(path, figure)
    }

    /// The most telling value of an assumption.
    fn typical<T: Written>(&self, name: &str) -> Option<T> {
        let measure: &Measure = &self.catalog.assumptions.get(name)?.typical()?.0;
        T::from_measure(measure).ok()
    }

    fn typical_count(&self, name: &str) -> u32 {
        self.typical::<Ratio>(name).map_or(1, |count| libm::round(count.get()) as u32)
    }

    fn room_retry(&mut self, written: Option<Located<Period>>) -> Span {
        let every = self.period(written.map(|written| written.value), "room_retry").span();
        if every == Span::ZERO {
            self.diagnostics.push(
                Diagnostic::error(
                    written.map(|written| written.spot),
                    "A group cannot be tried again at once",
                )
                .help("Write `room_retry: 1 day`."),
            );
            return Span::from_days(1);
        }
        every
    }

    pub(super) fn period(&self, written: Option<Period>, name: &str) -> Period {
        let assumed = || self.typical::<Period>(name);
        written
            .or_else(assumed)
            .expect("the catalogue has an assumption of this name, a test of the default says")
    }
}
