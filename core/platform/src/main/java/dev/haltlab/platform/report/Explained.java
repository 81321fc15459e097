package dev.haltlab.platform.report;

import dev.haltlab.platform.explain.Rule;
import dev.haltlab.platform.explain.WhatIf;
import dev.haltlab.platform.kvmstat.KvmStat;
import java.util.List;
import java.util.Optional;

/**
 * A table and what was found out about it.
 *
 * @param file where it is from
 * @param table as read
 * @param findings by the rules that apply
 * @param whatIf what would change it; empty if there is nothing to simulate
 * @param without why there is no {@code whatIf}; empty if there is one
 */
public record Explained(
    String file, KvmStat table, List<Rule.Finding> findings, Optional<WhatIf> whatIf, String without) {
  public Explained {
    findings = List.copyOf(findings);
  }
}
