package dev.haltlab.platform.report;

import dev.haltlab.platform.run.Summary;
import dev.haltlab.spi.Basis;
import dev.haltlab.spi.CState;
import dev.haltlab.spi.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The fitted and assumed prices of all variants, and how much of each one's mean latency they make. */
final class Prices {
  private Prices() {}

  /** One price, the same in several variants. */
  record Price(Basis basis, String step, BigDecimal valueNs, String source) {}

  /**
   * The part of a mean latency that a price makes.
   *
   * @param percent of the mean
   * @param upperBound whether other prices make that part too
   */
  record Share(BigDecimal percent, boolean upperBound) {
    String text() {
      return (upperBound ? "≤" : "") + percent.setScale(1, RoundingMode.HALF_EVEN).toPlainString();
    }
  }

  /**
   * A price and its share in each variant, empty where it is not on the path.
   *
   * @param price which
   * @param shares in the order of the variants
   */
  record Row(Price price, List<Optional<Share>> shares) {
    boolean onPath() {
      return shares.stream().anyMatch(Optional::isPresent);
    }
  }

  /** A row for each price, fitted ones first. */
  static List<Row> of(List<Summary> variants) {
    Map<Price, List<Optional<Share>>> rows = new LinkedHashMap<>();
    for (int i = 0; i < variants.size(); i++) {
      for (CriticalPath.Mark mark : new CriticalPath(variants.get(i)).marks()) {
        Price price = new Price(mark.basis(), mark.step().key(), mark.valueNs(), mark.usedUpBy());
        BigDecimal share = mark.sensitivity();
        List<Optional<Share>> shares = rows.computeIfAbsent(
            price, key -> new ArrayList<>(Collections.nCopies(variants.size(), Optional.empty())));
        shares.set(i, Optional.ofNullable(share).map(s -> new Share(s.movePointRight(2), mark.upperBound())));
      }
    }
    List<Row> sorted = new ArrayList<>();
    for (Basis basis : List.of(Basis.FITTED, Basis.ASSUMED)) {
      rows.forEach((price, shares) -> {
        if (price.basis == basis) {
          sorted.add(new Row(price, List.copyOf(shares)));
        }
      });
    }
    return sorted;
  }

  /** What waking from deeper C-states is priced by; empty if no pCPU was in one. */
  static String cstates(List<Summary> variants) {
    Set<String> deeper = new LinkedHashSet<>();
    for (Summary variant : variants) {
      List<CState> states = variant.variant().spec().host().profile().cstates();
      for (CState state : states.subList(1, states.size())) {
        if (variant.pooled().pcpus().stream().anyMatch(pcpu -> pcpu.byCState().getOrDefault(state.name(), 0L) > 0)) {
          deeper.add(state.name());
        }
      }
    }
    return deeper.isEmpty() ? "" : "Waking from " + String.join(", ", deeper) + " is priced by the exit latencies of the"
        + " C-state table, worst cases as drivers state them: a measured wake-up is shorter.";
  }

  /** The steps taken that have no price, and so cost nothing; empty if there is none. */
  static String free(List<Summary> variants) {
    return variants.stream()
        .flatMap(v -> new CriticalPath(v).unpriced().stream())
        .distinct()
        .sorted()
        .map(Step::key)
        .collect(Collectors.joining(", "));
  }
}
