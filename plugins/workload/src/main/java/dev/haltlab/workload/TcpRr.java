package dev.haltlab.workload;

import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;

/**
 * Loopback TCP_RR, as netperf runs it: a client sends a request, a server answers, one transaction at a time. The
 * client runs on the first vCPU and the server on the last, so that with one vCPU both share it.
 *
 * <p>Probe: {@code transaction}, from before the request's send to after the reply's receive.
 *
 * <p>Source: netperf's TCP_RR test; the talk's slides 6 to 13 (loopback in a guest of one and of two vCPUs).
 */
public final class TcpRr implements WorkloadProvider<TcpRr.Config> {

  /**
   * Settings.
   *
   * @param messageBytes size of request and of reply, 1 B to 1 GiB
   * @param clientWork CPU time of the client between a reply and the next request
   * @param serverWork CPU time of the server per request
   * @param wheelTimersPerSecond timer-wheel expiries per second on each vCPU, the kernel's own housekeeping, 0 to
   *     1,000,000; 0 for none. The default fits the talk's 9.58 MSR writes per transaction.
   */
  public record Config(Bytes messageBytes, Dist clientWork, Dist serverWork, int wheelTimersPerSecond) {
    public Config {
      Checks.messageBytes("messageBytes", messageBytes);
      Checks.perSecond("wheelTimersPerSecond", wheelTimersPerSecond);
    }
  }

  @Override
  public String id() {
    return "tcp-rr";
  }

  @Override
  public Config defaults() {
    return new Config(
        new Bytes(1), Dist.fixed(Duration.ofNanos(500)), Dist.fixed(Duration.ofNanos(500)), 7);
  }

  @Override
  public String summary() {
    return "loopback TCP_RR: one request and one reply at a time between the first and the last vCPU (netperf)";
  }

  @Override
  public void define(Config config, Guest guest) {
    var request = guest.socket("request");
    var reply = guest.socket("reply");
    var transaction = guest.probe("transaction");
    guest.task(
        "client",
        0,
        Script.forever()
            .start(transaction)
            .send(request, config.messageBytes())
            .receive(reply)
            .stop(transaction)
            .compute(config.clientWork()));
    guest.task(
        "server",
        guest.vcpus() - 1,
        Script.forever().receive(request).compute(config.serverWork()).send(reply, config.messageBytes()));
    Housekeeping.wheelTimers(guest, config.wheelTimersPerSecond());
  }
}
