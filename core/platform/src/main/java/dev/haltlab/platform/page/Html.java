package dev.haltlab.platform.page;

/** Writes HTML; what a user named cannot become markup. */
final class Html {
  private final StringBuilder html = new StringBuilder();

  /** An element's begin. */
  Html open(String tag, String... attributes) {
    html.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      html.append(' ').append(attributes[i]).append("=\"").append(escaped(attributes[i + 1])).append('"');
    }
    html.append('>');
    return this;
  }

  /** An element's end. */
  Html close(String tag) {
    html.append("</").append(tag).append('>');
    return this;
  }

  /** A whole element with nothing but text in it. */
  Html element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  /** Text as it is to be read. */
  Html text(String text) {
    html.append(escaped(text));
    return this;
  }

  /** A newline, for who reads the source. */
  Html line() {
    html.append('\n');
    return this;
  }

  /** Our own style, script or data, which is markup already. */
  Html raw(String markup) {
    html.append(markup);
    return this;
  }

  private static String escaped(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> safe.append("&amp;");
        case '<' -> safe.append("&lt;");
        case '>' -> safe.append("&gt;");
        case '"' -> safe.append("&quot;");
        default -> safe.append(c);
      }
    }
    return safe.toString();
  }

  @Override
  public String toString() {
    return html.toString();
  }
}
