package dev.haltlab.cli;

import dev.haltlab.engine.PluginFailure;
import dev.haltlab.platform.catalog.Catalog;
import dev.haltlab.platform.catalog.Kind;
import dev.haltlab.platform.scenario.Plan;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Names the plugin behind a failure: the engine knows contracts and VMs, the plan knows who was plugged in there. */
final class FailedPlugin {
  private FailedPlugin() {}

  static String describe(PluginFailure failure, Plan plan, Catalog catalog) {
    Kind<?> kind = switch (failure.kind()) {
      case HALT_POLL -> Kind.HALT_POLL;
      case IDLE -> Kind.IDLE;
      case WORKLOAD -> Kind.WORKLOAD;
    };
    Set<String> ids = new LinkedHashSet<>();
    for (Plan.Variant variant : plan.variants()) {
      String id = used(variant.resolved(), failure.vm(), kind.key());
      if (id != null) {
        ids.add(id);
      }
    }
    String names = ids.stream().map(id -> named(kind, id, catalog)).collect(Collectors.joining(" or "));
    return "the " + kind.title() + (names.isEmpty() ? "" : " " + names) + " of VM " + failure.vm() + " failed: "
        + failure.getMessage();
  }

  private static <P> String named(Kind<P> kind, String id, Catalog catalog) {
    return catalog.find(kind, id).map(entry -> id + " (" + entry.origin() + ")").orElse(id);
  }

  private static @Nullable String used(Map<String, Object> resolved, String vm, String slot) {
    if (resolved.get("vms") instanceof Map<?, ?> vms && vms.get(vm) instanceof Map<?, ?> own && own.containsKey(slot)) {
      return use(own.get(slot));
    }
    return use(resolved.get(slot));
  }

  private static @Nullable String use(@Nullable Object slot) {
    if (slot instanceof Map<?, ?> map && map.get("use") instanceof String id) {
      return id;
    }
    return slot instanceof String id ? id : null;
  }
}
