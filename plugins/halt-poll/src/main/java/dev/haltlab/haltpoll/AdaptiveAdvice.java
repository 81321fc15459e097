package dev.haltlab.haltpoll;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Sets of parameters that Linux takes without a word and that do not do what they look like. */
final class AdaptiveAdvice {
  /** Half a millisecond: the period of the fastest timer Windows gives an application, 2000 Hz. */
  private static final Optional<Duration> FASTEST_TIMER = Optional.of(Duration.ofNanos(500_000));

  private final Adaptive.Config given;
  private final Adaptive.Config complete;
  private final Kernel kernel;
  private final List<String> advice = new ArrayList<>();

  private AdaptiveAdvice(Adaptive.Config given) {
    this.given = given;
    this.complete = given.complete();
    this.kernel = new Kernel(given.kernel());
  }

  /** @param given what the user gave, not complete */
  static List<String> on(Adaptive.Config given) {
    AdaptiveAdvice on = new AdaptiveAdvice(given);
    on.whatTheKernelDoesNotHave();
    on.neverPolls();
    on.neverAdapts();
    on.pollsForTimers();
    for (int i = 0; i < given.changes().size(); i++) {
      on.changeWithoutEffect(i);
    }
    return on.advice;
  }

  private void whatTheKernelDoesNotHave() {
    if (kernel.fixed) {
      String why = "polls for one fixed window, max; it adapts since 4.3 (aca6ff29c406)";
      withoutEffect("grow", given.grow(), why);
      withoutEffect("growStart", given.growStart(), why);
      withoutEffect("shrink", given.shrink(), why);
    } else if (!kernel.growthHasFloor && !given.growStart().equals(complete.growStart())) {
      withoutEffect("growStart", given.growStart(), "has 10us and no parameter for it, which is there since 5.1");
    }
    if (!kernel.maximumPerVm) {
      withoutEffect("cap", given.cap(), "has no maximum per VM; KVM_CAP_HALT_POLL is there since 5.8 (acd05785e48c)");
    } else if (kernel.clampsGrowthToModule && given.cap().isPresent() && isLonger(given.cap(), complete.max())) {
      advice.add(
          "cap is above max (" + text(given.cap()) + " > " + text(complete.max()) + "): in " + kernel
              + " growth ends at max all the same (fixed in 5.13, 258785ef08b3)");
    }
    if (complete.maxSteal().isEmpty()) {
      withoutEffect(
          "maxSteal", given.maxSteal(),
          "on " + given.arch().name().toLowerCase(Locale.ROOT)
              + " has none; s390 has halt_poll_max_steal since 5.2, and use: steal-aware does the same on any host");
    }
  }

  private void neverPolls() {
    if (given.max().isEmpty() && isZero(complete.max()) && complete.cap().isEmpty()
        && given.changes().stream().allMatch(c -> c.max().isEmpty() && c.cap().isEmpty())) {
      advice.add("max is 0 in " + kernel + " unless it is set (KVM_HALT_POLL_NS_DEFAULT): nothing is polled");
    }
    if (complete.grow().equals(Optional.of(0L)) && given.changes().stream().allMatch(c -> c.grow().isEmpty())) {
      advice.add("grow is 0, so no window ever grows and nothing is polled (grow_halt_poll_ns())");
    }
    if (kernel.growthHasFloor && isZero(complete.growStart())
        && given.changes().stream().allMatch(c -> c.growStart().isEmpty())) {
      advice.add("growStart is 0, and 0 times grow is 0: no window ever grows and nothing is polled"
          + " (grow_halt_poll_ns())");
    }
  }

  private void neverAdapts() {
    if (kernel.fixed) {
      return;
    }
    String why = "the first growth is as far as it goes, so the window is all or nothing and does not adapt";
    Optional<Duration> cap = complete.cap();
    if (cap.isPresent() && !isZero(cap) && isLonger(complete.growStart(), cap)) {
      advice.add("cap is below growStart (" + text(cap) + " < " + text(complete.growStart()) + "): " + why
          + " (grow_halt_poll_ns())");
    } else if (cap.isEmpty() && !isZero(complete.max()) && isLonger(complete.growStart(), complete.max())) {
      advice.add("growStart is above max (" + text(complete.growStart()) + " > " + text(complete.max()) + "): " + why
          + " (the slip of a much-copied SAP HANA guide, where it is ten times the maximum: RH bug 1734502)");
    }
    if (complete.shrink().equals(Optional.of(1L)) && given.changes().stream().allMatch(c -> c.shrink().isEmpty())) {
      advice.add("shrink is 1, so the window never shrinks and an idle guest is polled for at every halt, as with a"
          + " fixed window (shrink_halt_poll_ns())");
    }
  }

  private void pollsForTimers() {
    String why = " is longer than the 500us of a 2000 Hz timer: a guest that asks for one, as Windows applications do,"
        + " wakes just within it and polls all the time (14ebda3394fd lowered Linux's default for that; see"
        + " LP#1724614)";
    if (given.cap().isPresent() && complete.cap().isPresent()) {
      if (isLonger(given.cap(), FASTEST_TIMER)) {
        advice.add("cap" + why);
      }
    } else if (isLonger(given.max(), FASTEST_TIMER)) {
      advice.add("max" + why);
    }
  }

  private void changeWithoutEffect(int index) {
    Adaptive.Change change = given.changes().get(index);
    String where = "changes[" + index + "].";
    if (change.max().isPresent() && kernel.maximumPerVm) {
      if (kernel.clampsGrowthToModule) {
        advice.add(where + "max only limits how far the window grows from then on: a VM of " + kernel + " keeps the"
            + " maximum it was created with, from 5.8 to 6.0 (kvm list, 20210925005528.1145584)");
      } else if (!kernel.followsModule) {
        advice.add(where + "max has no effect on a running VM: that of " + kernel + " keeps the maximum it was created"
            + " with, from 5.8 to 6.0 (kvm list, 20210925005528.1145584; repaired in 6.1, 175d5dc79dcb)");
      } else if (capBefore(change)) {
        advice.add(where + "max has no effect on a VM that has used KVM_CAP_HALT_POLL, which cap does"
            + " (175d5dc79dcb); change cap instead");
      }
    }
    if (kernel.fixed || !kernel.factorsWritable) {
      String why = kernel.fixed ? "has no such parameter; it is there since 4.3"
          : "has it read-only; it can be written since 4.6 (6b6de68c6397)";
      withoutEffect(where + "grow", change.grow(), why);
      withoutEffect(where + "shrink", change.shrink(), why);
    }
    if (!kernel.growthHasFloor) {
      withoutEffect(where + "growStart", change.growStart(), "has no such parameter; it is there since 5.1");
    }
    if (!kernel.maximumPerVm) {
      withoutEffect(where + "cap", change.cap(), "has no maximum per VM; KVM_CAP_HALT_POLL is there since 5.8");
    }
  }

  private boolean capBefore(Adaptive.Change change) {
    return complete.cap().isPresent()
        || given.changes().stream().anyMatch(c -> c.cap().isPresent() && c.at().compareTo(change.at()) <= 0);
  }

  private void withoutEffect(String name, Optional<?> value, String why) {
    if (value.isPresent()) {
      advice.add(name + " has no effect: " + kernel + " " + why);
    }
  }

  private static boolean isZero(Optional<Duration> time) {
    return time.isPresent() && time.get().isZero();
  }

  private static boolean isLonger(Optional<Duration> one, Optional<Duration> other) {
    return one.orElse(Duration.ZERO).compareTo(other.orElse(Duration.ZERO)) > 0;
  }

  private static String text(Optional<Duration> time) {
    return Unsigned.text(time.orElse(Duration.ZERO));
  }
}
