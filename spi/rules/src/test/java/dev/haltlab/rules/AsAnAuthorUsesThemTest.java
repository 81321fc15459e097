package dev.haltlab.rules;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;

/** Pins that one line in a plugin's own tests is enough, and that a rule without anything to find is no failure. */
@AnalyzeClasses(packages = "example.lawful", importOptions = ImportOption.OnlyIncludeTests.class)
class AsAnAuthorUsesThemTest {
  @ArchTest static final ArchTests RULES = ArchTests.in(PluginRules.class);
}
