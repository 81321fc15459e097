package dev.haltlab.platform.page;

import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Charts as the JSON that {@code page.js} draws from. */
final class ChartData {
  private final JsonGenerator json;

  private ChartData(JsonGenerator json) {
    this.json = json;
  }

  /** All charts of a page, safe inside a script element. */
  static String of(List<Chart> charts) {
    StringWriter text = new StringWriter();
    JsonFactory factory = JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();
    try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), text)) {
      generator.writeStartArray();
      for (Chart chart : charts) {
        generator.writeRaw('\n');
        new ChartData(generator).chart(chart);
      }
      generator.writeEndArray();
    }
    // Within JSON this character stands in strings only.
    return text.toString().replace("<", "\\u003c");
  }

  private void chart(Chart chart) {
    json.writeStartObject();
    json.writeStringProperty("id", chart.id());
    if (chart instanceof Chart.Lines lines) {
      lines(lines);
    } else if (chart instanceof Chart.Bars bars) {
      bars(bars);
    } else if (chart instanceof Chart.Scatter scatter) {
      scatter(scatter);
    }
    json.writeEndObject();
  }

  private void lines(Chart.Lines chart) {
    json.writeStringProperty("kind", "lines");
    axis("x", chart.x());
    axis("y", chart.y());
    json.writeArrayPropertyStart("series");
    for (Chart.Line line : chart.lines()) {
      head(line.name(), line.tone());
      json.writeArrayPropertyStart("points");
      for (Chart.Point point : line.points()) {
        numbers(point.x(), point.y());
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("ranges");
      for (Chart.Whisker whisker : line.ranges()) {
        numbers(whisker.x(), whisker.range().low(), whisker.range().high());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void bars(Chart.Bars chart) {
    json.writeStringProperty("kind", "bars");
    json.writeBooleanProperty("stacked", chart.stacked());
    json.writeStringProperty("categoryName", chart.categoryName());
    json.writeArrayPropertyStart("categories");
    chart.categories().forEach(json::writeString);
    json.writeEndArray();
    axis("x", chart.value());
    json.writeArrayPropertyStart("series");
    for (Chart.Part part : chart.parts()) {
      head(part.name(), part.tone());
      json.writeArrayPropertyStart("values");
      part.values().forEach(this::number);
      json.writeEndArray();
      json.writeArrayPropertyStart("ranges");
      part.ranges().forEach(this::range);
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void scatter(Chart.Scatter chart) {
    json.writeStringProperty("kind", "scatter");
    axis("x", chart.x());
    axis("y", chart.y());
    json.writeArrayPropertyStart("series");
    for (Chart.Dot dot : chart.dots()) {
      head(dot.name(), dot.tone());
      json.writeBooleanProperty("bound", dot.bound());
      json.writeName("point");
      numbers(dot.x(), dot.y());
      json.writeName("xRange");
      range(dot.xRange());
      json.writeName("yRange");
      range(dot.yRange());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void head(String name, int tone) {
    json.writeStartObject();
    json.writeStringProperty("name", name);
    json.writeNumberProperty("tone", tone);
  }

  private void axis(String key, Chart.Axis axis) {
    json.writeObjectPropertyStart(key);
    json.writeStringProperty("name", axis.name());
    json.writeStringProperty("unit", axis.unit());
    json.writeStringProperty("scale", axis.scale().name().toLowerCase(Locale.ROOT));
    json.writeEndObject();
  }

  private void range(Chart.@Nullable Range range) {
    if (range == null) {
      json.writeNull();
    } else {
      numbers(range.low(), range.high());
    }
  }

  private void numbers(BigDecimal... values) {
    json.writeStartArray();
    for (BigDecimal value : values) {
      json.writeNumber(value);
    }
    json.writeEndArray();
  }

  private void number(@Nullable BigDecimal value) {
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }
}
