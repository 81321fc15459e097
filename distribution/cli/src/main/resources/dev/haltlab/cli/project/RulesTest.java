package {{package}};

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import dev.haltlab.rules.PluginRules;

/** What a plugin's code may do. */
@AnalyzeClasses(packages = "{{package}}", importOptions = ImportOption.DoNotIncludeTests.class)
class RulesTest {
  @ArchTest static final ArchTests RULES = ArchTests.in(PluginRules.class);
}
