package dev.haltlab.platform.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a page as one HTML file. Style, script, charting library and data are inside, and a content security policy
 * forbids the browser to fetch anything. Tables are markup, so that a reader without scripts, as many a mail program's
 * preview is, misses the charts only. The same page gives the same bytes.
 */
public final class HtmlPage {
  private static final String LIBRARY = "echarts/echarts.min.js";

  private final Html html = new Html();

  private HtmlPage() {}

  /** The whole file. */
  public static String of(Page page) {
    HtmlPage writer = new HtmlPage();
    writer.document(page);
    return writer.html.toString();
  }

  private void document(Page page) {
    String library = resource(LIBRARY);
    String script = resource("page.js");
    html.raw("<!doctype html>").line().open("html", "lang", "en").line();
    html.open("head").line().raw("<meta charset=\"utf-8\">").line();
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">").line();
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">").line();
    html.open(
        "meta", "http-equiv", "Content-Security-Policy", "content",
        "default-src 'none'; style-src 'unsafe-inline'; script-src " + hash(library) + " " + hash(script)).line();
    html.element("title", page.title()).line();
    html.open("style").line().raw(resource("page.css")).close("style").line().close("head").line();
    html.open("body").line().element("a", "Skip to the results", "class", "skip", "href", "#results").line();
    header(page);
    html.open("main", "id", "results").line();
    page.sections().forEach(this::section);
    html.close("main").line();
    footer(page);
    html.open("script", "type", "application/json", "id", "charts").raw(ChartData.of(charts(page))).close("script");
    html.line().open("script").raw(library).close("script").line();
    html.open("script").raw(script).close("script").line().close("body").line().close("html").line();
  }

  private static List<Chart> charts(Page page) {
    List<Chart> charts = new ArrayList<>();
    for (Page.Section section : page.sections()) {
      for (Page.Block block : section.blocks()) {
        if (block instanceof Chart chart) {
          charts.add(chart);
        }
      }
    }
    return charts;
  }

  private void header(Page page) {
    html.open("header").line().element("h1", page.title()).line();
    page.lead().forEach(text -> html.element("p", text).line());
    html.raw("<noscript><p>This reader runs no scripts: the charts are left out, their figures stand in the tables.")
        .raw("</p></noscript>").line();
    html.open("nav", "aria-label", "Sections").open("ul");
    for (Page.Section section : page.sections()) {
      html.open("li").element("a", section.title(), "href", "#" + section.id()).close("li");
    }
    html.close("ul").close("nav").line().close("header").line();
  }

  private void footer(Page page) {
    html.open("footer").line();
    Stream.concat(page.foot().stream(), Stream.of(library())).forEach(text -> html.element("p", text).line());
    html.close("footer").line();
  }

  private void section(Page.Section section) {
    String heading = section.id() + "-heading";
    html.open("section", "id", section.id(), "aria-labelledby", heading).line();
    html.element("h2", section.title(), "id", heading).line();
    List<Page.Block> blocks = section.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      Page.Block block = blocks.get(i);
      if (block instanceof Page.Text text) {
        html.element("p", text.text()).line();
      } else if (block instanceof Page.Listing listing) {
        listing(listing);
      } else if (block instanceof DataTable table) {
        table(table);
      } else if (block instanceof Chart chart) {
        chart(chart);
      }
    }
    html.close("section").line();
  }

  private void listing(Page.Listing listing) {
    html.open("details").element("summary", listing.title());
    html.open("pre", "tabindex", "0", "role", "region", "aria-label", listing.title());
    html.element("code", listing.text()).close("pre").close("details").line();
  }

  private void chart(Chart chart) {
    String title = chart.id() + "-title";
    html.open("figure", "aria-labelledby", title).line();
    html.element("figcaption", chart.title(), "id", title);
    html.open("div", "class", "chart", "id", chart.id(), "role", "img", "aria-label", chart.summary()).close("div");
    html.line().close("figure").line();
  }

  private void table(DataTable table) {
    html.open("div", "class", "scroll", "role", "region", "tabindex", "0", "aria-label", table.caption()).line();
    html.open("table", "class", "sortable").element("caption", table.caption()).line();
    html.open("thead").open("tr");
    for (DataTable.Column column : table.columns()) {
      html.element("th", column.title(), "scope", "col", "class", column.number() ? "number" : "word");
    }
    html.close("tr").close("thead").line().open("tbody").line();
    table.rows().forEach(row -> row(table, row));
    html.close("tbody").line();
    if (!table.totals().isEmpty()) {
      html.open("tfoot").line();
      table.totals().forEach(row -> row(table, row));
      html.close("tfoot").line();
    }
    html.close("table").close("div").line();
  }

  private void row(DataTable table, List<DataTable.Cell> row) {
    html.open("tr");
    for (int i = 0; i < row.size(); i++) {
      DataTable.Cell cell = row.get(i);
      boolean number = table.columns().get(i).number();
      List<String> attributes = new ArrayList<>(List.of("class", number ? "number" : "word"));
      if (i == 0) {
        attributes.addAll(List.of("scope", "row"));
      }
      if (cell.value() != null) {
        attributes.addAll(List.of("data-value", cell.value().toPlainString()));
      }
      String tag = i == 0 ? "th" : "td";
      html.open(tag, attributes.toArray(String[]::new)).text(cell.text());
      if (!cell.aside().isEmpty()) {
        html.text(" ").element("small", cell.aside());
      }
      html.close(tag);
    }
    html.close("tr").line();
  }

  /** What drew the charts, under which licence; its text is at the head of the library itself. */
  private static String library() {
    return resource("library.txt").strip();
  }

  private static String hash(String script) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }

  private static String resource(String name) {
    try (InputStream stream = HtmlPage.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("the platform was built without " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
