package dev.haltlab.platform.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Recognises the code of plugins on a stack: by module where they are modules, as built-ins are, else by loader. */
public final class PluginCode {
  private static final int MOST_FRAMES = 8;

  private final List<Catalog.Entry<?>> plugins = new ArrayList<>();

  /** @param catalog whose usable plugins are to be recognised */
  public PluginCode(Catalog catalog) {
    for (Kind<?> kind : Kind.ALL) {
      plugins.addAll(catalog.usable(kind));
    }
  }

  /**
   * Plugin code found on a stack.
   *
   * @param plugins whose code it is: more than one if a jar holds several and the stack does not tell which; at least
   *     one
   * @param frames the plugin's own frames, innermost first, at most a few; at least one
   */
  public record Found(List<Catalog.Entry<?>> plugins, List<StackTraceElement> frames) {
    public Found {
      plugins = List.copyOf(plugins);
      frames = List.copyOf(frames);
    }
  }

  /** The innermost plugin on a stack, if there is one. */
  public Optional<Found> on(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      List<Catalog.Entry<?>> owners = owners(frame);
      if (!owners.isEmpty()) {
        return Optional.of(found(owners, stack));
      }
    }
    return Optional.empty();
  }

  /** The plugin that threw: none if the JDK threw on behalf of the platform. */
  public Optional<Found> thrown(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    for (StackTraceElement frame : stack) {
      String module = frame.getModuleName();
      if (module == null || !(module.startsWith("java.") || module.startsWith("jdk."))) {
        List<Catalog.Entry<?>> owners = owners(frame);
        return owners.isEmpty() ? Optional.empty() : Optional.of(found(owners, stack));
      }
    }
    return Optional.empty();
  }

  private static Found found(List<Catalog.Entry<?>> owners, StackTraceElement[] stack) {
    // A frame names its class but not its loader: where two plugins have a class of that name, the further frames tell.
    List<StackTraceElement> frames = List.of();
    List<Catalog.Entry<?>> best = new ArrayList<>();
    for (Catalog.Entry<?> owner : owners) {
      List<StackTraceElement> own = Arrays.stream(stack).filter(frame -> owns(owner, frame)).toList();
      if (own.size() > frames.size()) {
        best.clear();
        frames = own;
      }
      if (own.size() == frames.size()) {
        best.add(owner);
      }
    }
    List<StackTraceElement> theirs = frames;
    List<Catalog.Entry<?>> named = best.stream()
        .filter(entry -> theirs.stream().anyMatch(frame -> isOf(entry.provider().getClass(), frame))).toList();
    return new Found(named.isEmpty() ? best : named, frames.subList(0, Math.min(MOST_FRAMES, frames.size())));
  }

  private List<Catalog.Entry<?>> owners(StackTraceElement frame) {
    return plugins.stream().<Catalog.Entry<?>>filter(entry -> owns(entry, frame)).toList();
  }

  private static boolean owns(Catalog.Entry<?> entry, StackTraceElement frame) {
    Class<?> provider = entry.provider().getClass();
    if (provider.getModule().isNamed()) {
      return provider.getModule().getName().equals(frame.getModuleName());
    }
    return frame.getModuleName() == null && loadedBy(provider.getClassLoader(), frame.getClassName());
  }

  /** A class on a stack is loaded already, so asking its loader for it loads nothing. */
  private static boolean loadedBy(@Nullable ClassLoader loader, String className) {
    try {
      return Class.forName(className, false, loader).getClassLoader() == loader;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** Whether a frame is of a class or of one nested in it. */
  private static boolean isOf(Class<?> provider, StackTraceElement frame) {
    String name = provider.getName();
    return frame.getClassName().equals(name) || frame.getClassName().startsWith(name + "$");
  }
}
