package dev.haltlab.platform.page;

import java.util.List;

/**
 * What stands on a page.
 *
 * @param title of the window and the first heading
 * @param lead sentences below the heading
 * @param sections in order, with ids of their own
 * @param foot lines at the end: versions
 */
public record Page(String title, List<String> lead, List<Section> sections, List<String> foot) {
  public Page {
    lead = List.copyOf(lead);
    sections = List.copyOf(sections);
    foot = List.copyOf(foot);
  }

  /**
   * A part of a page, which its table of contents names.
   *
   * @param id unique on the page, letters and hyphens
   * @param title its heading
   * @param blocks in order
   */
  public record Section(String id, String title, List<Block> blocks) {
    public Section {
      blocks = List.copyOf(blocks);
    }
  }

  /** Something in a section. */
  public sealed interface Block permits Text, Listing, DataTable, Chart {}

  /** A paragraph. */
  public record Text(String text) implements Block {}

  /**
   * A text to copy, in a fixed-width font, folded away until asked for.
   *
   * @param title what to unfold
   * @param text its lines
   */
  public record Listing(String title, String text) implements Block {}
}
