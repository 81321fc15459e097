package dev.haltlab.platform.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.haltlab.platform.page.Chart.Axis;
import dev.haltlab.platform.page.Chart.Scale;
import dev.haltlab.platform.page.DataTable.Cell;
import dev.haltlab.platform.page.DataTable.Column;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pins: a name that becomes markup or script, an axis nobody can read, a file that needs another one. */
class HtmlPageTest {
  private static final String NASTY = "</script><script>alert(1)</script>\"'&<b>";

  private static Page page(String word) {
    Axis axis = new Axis(word, "µs", Scale.LINEAR);
    DataTable table = new DataTable(word, List.of(new Column(word, false), new Column("n", true)))
        .row(List.of(Cell.word(word), new Cell("1", BigDecimal.ONE, word)));
    Chart chart = new Chart.Bars(
        "bars", word, word, word, List.of(word), axis, true,
        List.of(new Chart.Part(word, 0, List.of(BigDecimal.TEN), List.of())));
    return new Page(word, List.of(word), List.of(
        new Page.Section("one", word, List.of(new Page.Text(word), new Page.Listing(word, word), table, chart))),
        List.of(word));
  }

  @Test
  void what_a_user_named_stays_text() {
    String html = HtmlPage.of(page(NASTY));

    assertThat(html).doesNotContain("<script>alert").doesNotContain("<b>").contains("&lt;b&gt;");
    assertThat(html.split("<script", -1)).as("our data, the library, our script").hasSize(4);
    assertThat(html.split("</script>", -1)).hasSize(4);
  }

  @Test
  void markup_and_style_refer_to_nothing_outside() {
    String html = HtmlPage.of(page("plain"));
    String markup = html.substring(0, html.indexOf("<script"));

    assertThat(markup).doesNotContain("src=").doesNotContain("http://").doesNotContain("https://")
        .doesNotContain("@import").doesNotContain("url(").doesNotContain("<link");
    assertThat(html).contains("default-src 'none'");
  }

  @Test
  void a_reader_without_scripts_gets_the_tables() {
    String html = HtmlPage.of(page("word"));
    String markup = html.substring(0, html.indexOf("<script"));

    assertThat(markup).contains("<noscript>", "<caption>word</caption>", "data-value=\"1\"", "<small>word</small>");
  }

  @Test
  void the_library_and_its_licence_are_named() {
    assertThat(HtmlPage.of(page("word"))).containsPattern("Apache ECharts [0-9.]+, Copyright .*Apache License 2.0");
    for (String file : List.of("LICENSE", "NOTICE", "LICENSE-d3")) {
      assertThat(HtmlPage.class.getResource("echarts/" + file)).as(file).isNotNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"'',µs", "latency,''", "' ',' '"})
  void an_axis_without_name_or_unit_is_refused(String name, String unit) {
    assertThatThrownBy(() -> new Axis(name, unit, Scale.LINEAR)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_row_that_does_not_fit_its_table_is_refused() {
    DataTable table = new DataTable("t", List.of(new Column("a", false), new Column("b", true)));

    assertThatThrownBy(() -> table.row(List.of(Cell.word("x")))).isInstanceOf(IllegalArgumentException.class);
  }
}
