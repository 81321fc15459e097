package dev.haltlab.bundle;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The fenced blocks of a page, as somebody follows them: {@code sh} is pasted into a shell, {@code java} and {@code
 * yaml} are saved under the name that stands before them, {@code text} is what they expect to see.
 */
final class Recipe {
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\w*)\\n(.*?)^```$");
  private static final Pattern NAME = Pattern.compile("`([^`\\n]+\\.(?:java|yaml|txt))`[^`]*\\z");

  private final List<Block> blocks = new ArrayList<>();

  /** A page of which every block is of a known kind. */
  Recipe(String page) {
    Matcher fence = FENCE.matcher(page);
    int end = 0;
    while (fence.find()) {
      Matcher name = NAME.matcher(page.substring(end, fence.start()));
      String file = name.find() ? name.group(1) : "";
      blocks.add(new Block(fence.group(1), file, fence.group(2)));
      end = fence.end();
    }
  }

  /** One block; {@code file} is empty where no name stands before it. */
  record Block(String language, String file, String text) {
    boolean isShell() {
      return language.equals("sh");
    }

    boolean isExpected() {
      return language.equals("text");
    }
  }

  List<Block> blocks() {
    return blocks;
  }

  /** All of it as one script that stops at the first failure, and says which block it is in. */
  String script() {
    StringBuilder script = new StringBuilder("set -e\n");
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (block.isShell()) {
        script.append("echo '").append(mark(i)).append("'\n").append(block.text());
      } else if (!block.isExpected()) {
        if (block.file().isEmpty()) {
          throw new IllegalStateException("nobody says where this goes: " + block);
        }
        script.append("mkdir -p \"$(dirname '").append(block.file()).append("')\"\ncat >'").append(block.file())
            .append("' <<'END OF FILE'\n").append(block.text()).append("END OF FILE\n");
      }
    }
    return script.toString();
  }

  private static String mark(int block) {
    return "=== block " + block + " ===";
  }

  /** What the shell blocks before an expectation printed, the last one only. */
  String printedBefore(int expectation, String out) {
    int shell = expectation;
    while (!blocks.get(shell).isShell()) {
      shell--;
    }
    String from = out.substring(out.indexOf(mark(shell)) + mark(shell).length());
    int end = from.indexOf("=== block ");
    return end < 0 ? from : from.substring(0, end);
  }

  /** A line without what may change while its meaning stays: figures, and the width of columns. */
  static String shape(String line) {
    return line.strip().replaceAll("\\d[\\d.,]*", "0").replaceAll("\\s+", " ");
  }
}
