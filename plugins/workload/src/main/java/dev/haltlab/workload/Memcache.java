package dev.haltlab.workload;

import dev.haltlab.spi.Body;
import dev.haltlab.spi.Bytes;
import dev.haltlab.spi.Cpu;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.Sampler;
import dev.haltlab.spi.Script;
import dev.haltlab.spi.Socket;
import dev.haltlab.spi.WorkloadProvider;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A key-value server with an event loop: one task on the last vCPU waits on all connections at once and answers
 * whatever comes first. Each connection is a client task of its own, a closed loop with an optional time to think;
 * they share the vCPUs before the last, or with one vCPU that one.
 *
 * <p>Probe: {@code request}, from before a request's send to after its reply's receive.
 *
 * <p>Source: the talk's slides 4 and 29, loopback memcache. Its work per request is not published; the defaults make a
 * native round trip of about 24 us when one request is under way.
 */
public final class Memcache implements WorkloadProvider<Memcache.Config> {
  private static final int MOST_CONNECTIONS = 4_096;

  /**
   * Settings.
   *
   * @param connections number of client tasks, 1 to 4096
   * @param requestBytes size of a request, 1 B to 1 GiB
   * @param replyBytes size of a reply, 1 B to 1 GiB
   * @param clientWork CPU time of a client after each reply
   * @param serverWork CPU time of the server per request: parsing, lookup, building the reply
   * @param thinkTime how long a client then sleeps; 0 for not at all
   * @param wheelTimersPerSecond timer-wheel expiries per second on each vCPU, the kernel's own housekeeping, 0 to
   *     1,000,000; 0 for none
   */
  public record Config(
      int connections,
      Bytes requestBytes,
      Bytes replyBytes,
      Dist clientWork,
      Dist serverWork,
      Dist thinkTime,
      int wheelTimersPerSecond) {
    public Config {
      Checks.inRange("connections", connections, 1, MOST_CONNECTIONS);
      Checks.messageBytes("requestBytes", requestBytes);
      Checks.messageBytes("replyBytes", replyBytes);
      Checks.perSecond("wheelTimersPerSecond", wheelTimersPerSecond);
    }
  }

  @Override
  public String id() {
    return "memcache";
  }

  @Override
  public Config defaults() {
    return new Config(
        4,
        new Bytes(64),
        new Bytes(1_024),
        Dist.fixed(Duration.ofNanos(2_000)),
        Dist.fixed(Duration.ofNanos(12_000)),
        Dist.exponential(Duration.ofNanos(200_000)),
        7);
  }

  @Override
  public String summary() {
    return "event-driven key-value server with several client connections (loopback memcache)";
  }

  @Override
  public void define(Config config, Guest guest) {
    int connections = config.connections();
    Socket[] requests = new Socket[connections];
    Map<Socket, Socket> replies = new IdentityHashMap<>();
    for (int i = 0; i < connections; i++) {
      requests[i] = guest.socket("request-" + i);
      replies.put(requests[i], guest.socket("reply-" + i));
    }
    var request = guest.probe("request");

    int clientVcpus = Math.max(1, guest.vcpus() - 1);
    boolean thinks = config.thinkTime().meanNs() > 0;
    for (int i = 0; i < connections; i++) {
      Script client =
          Script.forever()
              .start(request)
              .send(requests[i], config.requestBytes())
              .receive(replies.get(requests[i]))
              .stop(request)
              .compute(config.clientWork());
      if (thinks) {
        client.sleep(config.thinkTime());
      }
      guest.task("client-" + i, i % clientVcpus, client);
    }
    int replyBytes = Math.toIntExact(config.replyBytes().count());
    guest.task("server", guest.vcpus() - 1, new Server(requests, replies, config.serverWork(), replyBytes));
    Housekeeping.wheelTimers(guest, config.wheelTimersPerSecond());
  }

  /** The event loop: wait on all connections, work, answer on the one that asked. */
  private static final class Server implements Body {
    private enum Next { WAIT, WORK, ANSWER }

    private final Socket[] requests;
    private final Map<Socket, Socket> replies;
    private final Dist work;
    private final int replyBytes;
    private @Nullable Sampler workNs;
    private Next next = Next.WAIT;

    Server(Socket[] requests, Map<Socket, Socket> replies, Dist work, int replyBytes) {
      this.requests = requests;
      this.replies = replies;
      this.work = work;
      this.replyBytes = replyBytes;
    }

    @Override
    public void bind(RandomGenerator random) {
      workNs = work.sampler(random);
    }

    @Override
    public void next(Cpu cpu) {
      switch (next) {
        case WAIT -> {
          next = Next.WORK;
          cpu.receiveAny(requests);
        }
        case WORK -> {
          Sampler sampler = workNs;
          if (sampler == null) {
            throw new IllegalStateException("bind was not called before the first verb");
          }
          next = Next.ANSWER;
          cpu.compute(sampler.nextNs());
        }
        case ANSWER -> {
          Socket reply = replies.get(cpu.received());
          if (reply == null) {
            throw new IllegalStateException("a message came from a socket that was not waited for");
          }
          next = Next.WAIT;
          cpu.send(reply, replyBytes);
        }
      }
    }
  }
}
