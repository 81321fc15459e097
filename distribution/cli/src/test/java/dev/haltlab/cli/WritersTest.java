package dev.haltlab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pins the small writers: JSON that any reader takes, columns that line up. */
class WritersTest {
  @Test
  void json_escapes_what_must_be_escaped() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("a\"b\\", "line\nfeed\ttab \u0001 \ud83d\ude00 \ud83d ü");
    map.put("list", List.of(1, true, List.of(), Map.of()));
    assertThat(Json.of(map)).isEqualTo("""
        {
          "a\\"b\\\\": "line\\nfeed\\ttab \\u0001 \ud83d\ude00 \\ud83d ü",
          "list": [
            1,
            true,
            [],
            {}
          ]
        }
        """);
  }

  @Test
  void columns_line_up_and_carry_no_trailing_blanks() {
    assertThat(Columns.of(List.of(List.of("a", "b", ""), List.of("long", "x", "y"))))
        .isEqualTo("a     b\nlong  x  y\n");
  }
}
