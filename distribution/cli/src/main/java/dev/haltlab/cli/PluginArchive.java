package dev.haltlab.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A jar or zip that a user got from somewhere. Nothing in it is believed: names must stay inside, links and special
 * files are refused, and bytes are counted as they come out, whatever its directory says they will be.
 */
final class PluginArchive {
  private static final int MIB = 1 << 20;
  private static final long LARGEST_ARCHIVE = 64L * MIB;
  private static final long LARGEST_CONTENT = 256L * MIB;
  private static final int MOST_ENTRIES = 10_000;
  private static final List<String> LAYOUT = List.of("META-INF", "classes", "lib");

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int ENTRY_SIGNATURE = 0x02014b50;
  private static final int ENTRY_LENGTH = 46;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int UNIX = 3;
  private static final int FILE_TYPE = 0xf000;
  private static final int LINK = 0xa000;
  private static final List<Integer> ORDINARY_TYPES = List.of(0, 0x8000, 0x4000);

  private final Path file;

  /** @param file read when asked */
  PluginArchive(Path file) {
    this.file = file;
  }

  /**
   * Reads all of it without writing anything.
   *
   * @throws IOException with one line if it must not be used, or cannot be read
   */
  void check() throws IOException {
    checkTypes();
    read((entry, in) -> in.transferTo(OutputStream.nullOutputStream()));
  }

  /**
   * Unpacks it. A single folder around everything is left out.
   *
   * @param folder a new, empty one; left as it is after a failure
   * @throws IOException with one line if it must not be used, or cannot be read or written
   */
  void unpackTo(Path folder) throws IOException {
    checkTypes();
    String around = around();
    read((entry, in) -> {
      String name = entry.getName().substring(around.length());
      Path target = folder.resolve(name).normalize();
      if (!target.startsWith(folder)) {
        throw new IOException("it holds " + shown(entry.getName()) + ", which leads out of its folder");
      }
      if (entry.isDirectory()) {
        Files.createDirectories(target);
        return;
      }
      Files.createDirectories(target.getParent());
      try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
        in.transferTo(out);
      }
    });
  }

  /** What is done with an entry. */
  @FunctionalInterface
  private interface Use {
    void take(ZipEntry entry, InputStream in) throws IOException;
  }

  private void read(Use use) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Set<String> names = new HashSet<>();
      long left = LARGEST_CONTENT;
      for (ZipEntry entry : Collections.list(zip.entries())) {
        checkName(entry.getName());
        if (!names.add(entry.getName())) {
          throw new IOException("it holds " + shown(entry.getName()) + " twice");
        }
        try (Counted in = new Counted(zip.getInputStream(entry), left)) {
          use.take(entry, in);
          in.finish(entry);
          left -= in.bytes;
        }
      }
    } catch (ZipException | EOFException e) {
      throw new IOException("not a jar or zip, or a damaged one: " + e.getMessage(), e);
    }
  }

  private static void checkName(String name) throws IOException {
    if (name.startsWith("/")) {
      throw new IOException("it holds " + shown(name) + ", an absolute path");
    }
    if (name.chars().anyMatch(c -> c == '\\' || c == ':' || Character.isISOControl(c))) {
      throw new IOException("it holds " + shown(name) + ", which is no portable name");
    }
    String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new IOException("it holds " + shown(name) + ", which leads out of its folder");
      }
    }
  }

  /** The folder, with a slash, in which a zip of a folder has everything; empty if there is none. */
  private String around() throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      String first = zip.stream().map(ZipEntry::getName).findFirst().orElse("");
      String folder = first.substring(0, first.indexOf('/') + 1);
      boolean everything = zip.stream().allMatch(entry -> entry.getName().startsWith(folder));
      return everything && !folder.isEmpty() && !LAYOUT.contains(folder.substring(0, folder.length() - 1))
          ? folder : "";
    }
  }

  /** The archive's directory tells which entries were links or devices; java.util.zip keeps that to itself. */
  private void checkTypes() throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      if (size > LARGEST_ARCHIVE) {
        throw new IOException("larger than " + LARGEST_ARCHIVE / MIB + " MiB");
      }
      ByteBuffer tail = bytes(channel, Math.max(0, size - END_LENGTH - LONGEST_COMMENT), size);
      int end = tail.limit() - END_LENGTH;
      while (end >= 0 && !isEnd(tail, end)) {
        end--;
      }
      if (end < 0) {
        throw new IOException("not a jar or zip, or a damaged one: it has no directory");
      }
      int entries = Short.toUnsignedInt(tail.getShort(end + 10));
      if (entries > MOST_ENTRIES) {
        throw new IOException("more than " + MOST_ENTRIES + " entries");
      }
      long length = Integer.toUnsignedLong(tail.getInt(end + 12));
      long endAt = size - tail.limit() + end;
      if (length > endAt) {
        throw new IOException("not a jar or zip, or a damaged one: its directory is longer than the file");
      }
      checkTypes(bytes(channel, endAt - length, endAt), entries);
    }
  }

  private static boolean isEnd(ByteBuffer tail, int at) {
    return tail.getInt(at) == END_SIGNATURE
        && at + END_LENGTH + Short.toUnsignedInt(tail.getShort(at + 20)) == tail.limit();
  }

  private static void checkTypes(ByteBuffer directory, int entries) throws IOException {
    int at = 0;
    for (int i = 0; i < entries; i++) {
      if (at + ENTRY_LENGTH > directory.limit() || directory.getInt(at) != ENTRY_SIGNATURE) {
        throw new IOException("not a jar or zip, or a damaged one: its directory is cut short");
      }
      int nameLength = Short.toUnsignedInt(directory.getShort(at + 28));
      int next = at + ENTRY_LENGTH + nameLength + Short.toUnsignedInt(directory.getShort(at + 30))
          + Short.toUnsignedInt(directory.getShort(at + 32));
      if (next > directory.limit()) {
        throw new IOException("not a jar or zip, or a damaged one: its directory is cut short");
      }
      boolean unix = directory.get(at + 5) == UNIX;
      int type = unix ? directory.getInt(at + 38) >>> 16 & FILE_TYPE : 0;
      if (!ORDINARY_TYPES.contains(type)) {
        String name = new String(directory.array(), at + ENTRY_LENGTH, nameLength, StandardCharsets.UTF_8);
        throw new IOException(
            "it holds " + shown(name) + ", " + (type == LINK ? "a symbolic link" : "which is no ordinary file"));
      }
      at = next;
    }
  }

  private static ByteBuffer bytes(FileChannel channel, long from, long to) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from)).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, from + bytes.position()) < 0) {
        throw new EOFException("it became shorter while it was read");
      }
    }
    return bytes.flip();
  }

  /** A stranger's name on one line. */
  private static String shown(String name) {
    String line = name.replaceAll("\\p{Cntrl}", "?");
    return "'" + (line.length() <= 100 ? line : line.substring(0, 100) + "...") + "'";
  }

  /** An entry's bytes, counted and summed. */
  private static final class Counted extends InputStream {
    private final InputStream in;
    private final long most;
    private final CRC32 crc = new CRC32();
    private long bytes;

    Counted(InputStream in, long most) {
      this.in = in;
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int count = in.read(into, offset, length);
      if (count > 0) {
        bytes += count;
        crc.update(into, offset, count);
        if (bytes > most) {
          throw new IOException("it unpacks to more than " + LARGEST_CONTENT / MIB + " MiB");
        }
      }
      return count;
    }

    void finish(ZipEntry entry) throws IOException {
      if (!entry.isDirectory() && entry.getCrc() != crc.getValue()) {
        throw new ZipException(shown(entry.getName()) + " is not what its checksum says");
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
