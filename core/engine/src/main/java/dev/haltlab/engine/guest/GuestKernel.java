package dev.haltlab.engine.guest;

import dev.haltlab.engine.PluginFailure;
import dev.haltlab.engine.Recorder;
import dev.haltlab.engine.SimulationSpec;
import dev.haltlab.engine.measure.ProbeRecorder;
import dev.haltlab.engine.measure.Window;
import dev.haltlab.engine.sim.Streams;
import dev.haltlab.spi.Body;
import dev.haltlab.spi.Dist;
import dev.haltlab.spi.Event;
import dev.haltlab.spi.Guest;
import dev.haltlab.spi.KernelVersion;
import dev.haltlab.spi.Probe;
import dev.haltlab.spi.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One guest: what its CPUs share, and the face its workload is defined through. */
public final class GuestKernel implements Guest {
  private final SimulationSpec.Vm spec;
  private final Streams streams;
  private final List<GuestCpu> cpus = new ArrayList<>();
  private final List<ProbeRecorder> probes = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private long arrivals;
  private int nextPlace;
  private boolean defining;
  private @Nullable Window window;
  private int tasks;
  private int queues;
  private @Nullable Recorder recorder;
  private int index;

  /** A guest without CPUs; they are added before {@link #define}. */
  public GuestKernel(SimulationSpec.Vm spec, Streams streams) {
    this.spec = spec;
    this.streams = streams;
  }

  /** Adds the next CPU. */
  public void addCpu(GuestCpu cpu) {
    cpus.add(cpu);
  }

  /**
   * Tells a recorder what the workload declares, and of its probes; before {@link #define}.
   *
   * @param ofIndex of this guest among all
   */
  public void recordTo(Recorder newRecorder, int ofIndex) {
    recorder = newRecorder;
    index = ofIndex;
  }

  /** Lets the workload declare its tasks. Called once, before time 0. */
  public void define() {
    defining = true;
    try {
      spec.workload().accept(this);
    } catch (IllegalArgumentException | PluginFailure e) {
      throw e;
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      throw new PluginFailure(
          PluginFailure.Kind.WORKLOAD, spec.name(), "the workload of VM '" + spec.name() + "' threw in define: " + e, e);
    } finally {
      defining = false;
    }
  }

  /** A bare ring-0 guest: no tick, no scheduler or system call costs, idle is HLT. */
  public boolean isBare() {
    return spec.kernel() == null;
  }

  /** Whether the guest's Linux is this version or newer; false for a bare guest. */
  boolean atLeast(int major, int minor) {
    KernelVersion version = spec.kernel();
    return version != null && version.atLeast(major, minor);
  }

  /** Name of the VM. */
  public String name() {
    return spec.name();
  }

  /** The probes, in order of declaration. */
  public List<ProbeRecorder> probes() {
    return probes;
  }

  /** Where completed measurements are announced; set before the run starts. */
  public void setWindow(Window newWindow) {
    window = newWindow;
  }

  Window window() {
    Window w = window;
    if (w == null) {
      throw new IllegalStateException("the run has not started");
    }
    return w;
  }

  long nextArrival() {
    return arrivals++;
  }

  GuestCpu cpu(int id) {
    return cpus.get(id);
  }

  /** Where a task that may run anywhere is woken: where it ran if idle, else an idle CPU, else where it ran. */
  GuestCpu placeFor(Task task) {
    if (task.boundTo >= 0 || task.cpu.isIdle()) {
      return task.cpu;
    }
    for (int i = 0; i < cpus.size(); i++) {
      if (cpus.get(i).isIdle()) {
        return cpus.get(i);
      }
    }
    return task.cpu;
  }

  // --- Guest ---

  @Override
  public int vcpus() {
    return spec.vcpus();
  }

  @Override
  public RandomGenerator random(String name) {
    return streams.stream(spec.name() + "/workload/" + name);
  }

  @Override
  public Socket socket(String name) {
    declare("socket", name);
    return new Queue.OfMessages(name, nextQueue(name));
  }

  @Override
  public Event event(String name, boolean autoReset) {
    declare("event", name);
    return new Queue.OfSignals(name, nextQueue(name), autoReset);
  }

  private int nextQueue(String name) {
    if (recorder != null) {
      recorder.queue(index, queues, name);
    }
    return queues++;
  }

  @Override
  public Probe probe(String name) {
    declare("probe", name);
    ProbeRecorder probe = new ProbeRecorder(name);
    if (recorder != null) {
      probe.recordTo(recorder, index, probes.size());
    }
    probes.add(probe);
    return probe;
  }

  @Override
  public void task(String name, int vcpu, Body body) {
    declare("task", name);
    GuestCpu cpu;
    if (vcpu == ANY) {
      cpu = cpus.get(nextPlace++ % cpus.size());
    } else {
      cpu = cpus.get(checkVcpu("task '" + name + "'", vcpu));
    }
    body.bind(random("task:" + name));
    if (recorder != null) {
      recorder.task(index, tasks, name);
    }
    cpu.addTask(new Task(name, tasks++, body, vcpu, cpu));
  }

  @Override
  public void wheelTimers(int vcpu, Dist interval) {
    GuestCpu cpu = cpus.get(checkVcpu("wheel timers", vcpu));
    String name = vcpu + ":" + cpu.wheelTimers(); // of this vCPU's own count: what else there is must not matter
    declare("wheel timer", name);
    cpu.addWheelTimer(interval.sampler(random("wheel:" + name)));
  }

  private int checkVcpu(String what, int vcpu) {
    if (vcpu < 0 || vcpu >= cpus.size()) {
      throw new IllegalArgumentException(
          what + " wants vCPU " + vcpu + ", VM '" + spec.name() + "' has 0 to " + (cpus.size() - 1));
    }
    return vcpu;
  }

  private void declare(String what, String name) {
    if (!defining) {
      throw new IllegalStateException("a guest is populated inside define only");
    }
    if (!names.add(what + " " + name)) {
      throw new IllegalArgumentException("two of a kind in VM '" + spec.name() + "': " + what + " '" + name + "'");
    }
  }
}
