package dev.haltlab.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Pins: a task that issues two verbs or none in one call, a measurement that is started and lost, a workload that
 * stands still or sits on the wrong vCPU.
 */
class WorkloadsTest {
  static final List<WorkloadProvider<?>> TALKING =
      List.of(new TcpRr(), new IpiLatency(), new Memcache(), new EventObjects(), new Background());

  private static <C extends Record> FakeGuest guest(WorkloadProvider<C> provider, int vcpus) {
    return guest(provider, provider.defaults(), vcpus);
  }

  private static <C extends Record> FakeGuest guest(WorkloadProvider<C> provider, C config, int vcpus) {
    FakeGuest guest = new FakeGuest(vcpus);
    provider.define(config, guest);
    return guest.bind();
  }

  private static Dist us(long us) {
    return Dist.fixed(Duration.ofNanos(us * 1_000));
  }

  @Test
  void theModuleProvidesAllSeven() {
    var provided =
        WorkloadsTest.class.getModule().getDescriptor().provides().stream()
            .filter(p -> p.service().equals(WorkloadProvider.class.getName()))
            .flatMap(p -> p.providers().stream());
    assertThat(provided)
        .map(name -> {
          try {
            return ((WorkloadProvider<?>) Class.forName(name).getConstructor().newInstance()).id();
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name + " cannot be made as the platform makes it", e);
          }
        })
        .containsExactlyInAnyOrder(
            "tcp-rr", "ipi-latency", "idle", "memcache", "event-objects", "background", "program");
  }

  @ParameterizedTest
  @FieldSource("TALKING")
  void everyMeasurementStartedIsStopped(WorkloadProvider<?> provider) {
    for (int vcpus : new int[] {2, 3, 8}) {
      FakeGuest guest = guest(provider, vcpus);
      assertThat(guest.run(20_000)).as("calls made by %s", provider.id()).isEqualTo(20_000);
      FakeGuest.NamedProbe probe = guest.only();
      assertThat(probe.stopped).isGreaterThan(1_000);
      assertThat(probe.started - probe.stopped).as("under way").isBetween(0, guest.tasks.size());
    }
  }

  @ParameterizedTest
  @FieldSource("TALKING")
  void everyTaskTakesPart(WorkloadProvider<?> provider) {
    FakeGuest guest = guest(provider, 2);
    guest.run(5_000);
    guest.tasks.values().forEach(task -> assertThat(task.steps).as(task.name).isGreaterThan(10));
    assertThat(guest.nowNs()).as("time passes").isPositive();
  }

  @Test
  void tcpRrPutsClientAndServerOnTheFirstAndTheLastVcpu() {
    FakeGuest two = guest(new TcpRr(), 4);
    assertThat(two.tasks.get("client").vcpu).isZero();
    assertThat(two.tasks.get("server").vcpu).isEqualTo(3);
    FakeGuest one = guest(new TcpRr(), 1);
    assertThat(one.tasks.get("server").vcpu).isZero();
  }

  @Test
  void tcpRrHasOneRequestUnderWayAndMeasuresTheServersWork() {
    FakeGuest guest = guest(new TcpRr(), new TcpRr.Config(new Bytes(16), us(3), us(5), 0), 2);
    guest.run(6_000);
    FakeGuest.NamedProbe transaction = guest.only();
    assertThat(transaction.name()).isEqualTo("transaction");
    assertThat(transaction.totalNs).isEqualTo(transaction.stopped * 5_000L);
    assertThat(guest.sockets.get("request").bytes).isEqualTo(16);
    assertThat(guest.sockets.get("reply").bytes).isEqualTo(16);
    assertThat(guest.sockets.get("request").sent - transaction.stopped).isBetween(0, 1);
  }

  @Test
  void ipiLatencySpinsOnTheSecondVcpuAndMeasuresOnTheFirst() {
    FakeGuest guest = guest(new IpiLatency(), 2);
    assertThat(guest.tasks.get("target").vcpu).isZero();
    assertThat(guest.tasks.get("sender").vcpu).isEqualTo(1);
    guest.run(3_000);
    assertThat(guest.only().totalNs).as("nothing but the interrupt itself").isZero();
    assertThat(guest.nowNs() / guest.only().stopped).isCloseTo(100_000L, org.assertj.core.data.Offset.offset(200L));
    assertThat(guest.wheel).isEmpty();
  }

  @Test
  void ipiLatencyRefusesASingleVcpu() {
    assertThatThrownBy(() -> guest(new IpiLatency(), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("vcpus must be at least 2 for the workload 'ipi-latency', was 1");
  }

  @Test
  void idleHasNoTaskAndNoProbe() {
    FakeGuest guest = guest(new Idle(), 3);
    assertThat(guest.tasks).isEmpty();
    assertThat(guest.probes).isEmpty();
    Dist interval = Dist.exponential(Duration.ofNanos(20_000_000));
    assertThat(guest.wheel).hasSize(3);
    guest.wheel.values().forEach(timers -> assertThat(timers).containsExactly(interval));
  }

  @Test
  void withoutWheelTimersNoneAreAdded() {
    assertThat(guest(new Idle(), new Idle.Config(0), 2).wheel).isEmpty();
    assertThat(guest(new TcpRr(), new TcpRr.Config(new Bytes(1), us(1), us(1), 0), 2).wheel).isEmpty();
    assertThat(guest(new TcpRr(), 2).wheel).hasSize(2);
  }

  @Test
  void memcacheAnswersOnTheConnectionThatAsked() {
    Dist think = Dist.exponential(Duration.ofNanos(90_000));
    var config = new Memcache.Config(5, new Bytes(64), new Bytes(100), us(1), us(10), think, 0);
    FakeGuest guest = guest(new Memcache(), config, 3);
    guest.run(30_000);
    for (int i = 0; i < 5; i++) {
      FakeGuest.NamedSocket request = guest.sockets.get("request-" + i);
      FakeGuest.NamedSocket reply = guest.sockets.get("reply-" + i);
      assertThat(request.sent).isGreaterThan(100);
      assertThat(request.sent - reply.sent).isBetween(0, 1);
      assertThat(request.bytes).isEqualTo(64);
      assertThat(reply.bytes).isEqualTo(100);
    }
    assertThat(guest.tasks.get("server").vcpu).isEqualTo(2);
    assertThat(guest.tasks.get("client-0").vcpu).isZero();
    assertThat(guest.tasks.get("client-1").vcpu).isEqualTo(1);
    assertThat(guest.tasks.get("client-2").vcpu).isZero();
  }

  @Test
  void memcacheWithoutThinkTimeIsAClosedLoop() {
    var config = new Memcache.Config(1, new Bytes(1), new Bytes(1), us(4), us(10), us(0), 0);
    FakeGuest guest = guest(new Memcache(), config, 2);
    guest.run(10_000);
    assertThat(guest.nowNs() / guest.only().stopped).isBetween(13_900L, 14_100L);
  }

  @Test
  void eventObjectsMeasureTheOtherThreadsWork() {
    FakeGuest guest = guest(new EventObjects(), new EventObjects.Config(us(2), 0), 2);
    guest.run(6_000);
    assertThat(guest.only().name()).isEqualTo("round-trip");
    assertThat(guest.only().totalNs).isEqualTo(guest.only().stopped * 2_000L);
    assertThat(guest.tasks.get("a").vcpu).isZero();
    assertThat(guest.tasks.get("b").vcpu).isEqualTo(1);
  }

  @Test
  void backgroundStartsABurstEachPeriodOnEachVcpu() {
    FakeGuest guest = guest(new Background(), new Background.Config(Duration.ofNanos(1_000_000), us(300), 0), 3);
    guest.run(6_000);
    assertThat(guest.tasks.values()).extracting(task -> task.vcpu).containsExactly(0, 1, 2);
    long periods = guest.nowNs() / 1_000_000;
    assertThat((long) guest.only().stopped).isBetween(3 * periods - 3, 3 * periods + 3);
  }

  @Test
  void anOverrunningBurstStartsTheNextOneAtOnceAndMakesUpForNothing() {
    Dist sometimesLong =
        new Dist.Quantiles(
            Duration.ofNanos(100_000),
            Duration.ofNanos(100_000),
            Duration.ofNanos(100_000),
            Duration.ofNanos(100_000),
            Duration.ofNanos(20_000_000));
    FakeGuest guest = guest(new Background(), new Background.Config(Duration.ofNanos(1_000_000), sometimesLong, 0), 1);
    guest.run(20_000);
    long periods = guest.nowNs() / 1_000_000;
    assertThat((long) guest.only().stopped).as("fewer bursts than periods").isLessThan(periods);
  }

  @Test
  void aBadValueIsRefusedByItsName() {
    Bytes one = new Bytes(1);
    assertThatThrownBy(() -> new TcpRr.Config(new Bytes(0), us(1), us(1), 0)).hasMessageStartingWith("messageBytes ");
    assertThatThrownBy(() -> new TcpRr.Config(new Bytes(1L << 31), us(1), us(1), 0))
        .hasMessageStartingWith("messageBytes ");
    assertThatThrownBy(() -> new TcpRr.Config(one, us(1), us(1), -1)).hasMessageStartingWith("wheelTimersPerSecond ");
    assertThatThrownBy(() -> new IpiLatency.Config(us(0))).hasMessageStartingWith("interval ");
    assertThatThrownBy(() -> new Idle.Config(1_000_001)).hasMessageStartingWith("wakeUpsPerSecond ");
    assertThatThrownBy(() -> new Memcache.Config(0, one, one, us(1), us(1), us(0), 0))
        .hasMessageStartingWith("connections ");
    assertThatThrownBy(() -> new Memcache.Config(1, new Bytes(0), one, us(1), us(1), us(0), 0))
        .hasMessageStartingWith("requestBytes ");
    assertThatThrownBy(() -> new Memcache.Config(1, one, new Bytes(0), us(1), us(1), us(0), 0))
        .hasMessageStartingWith("replyBytes ");
    assertThatThrownBy(() -> new Background.Config(Duration.ZERO, us(1), 0)).hasMessageStartingWith("period ");
  }
}
