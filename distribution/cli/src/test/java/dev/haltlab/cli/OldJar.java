package dev.haltlab.cli;

import static org.objectweb.asm.Opcodes.*;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Type;

/**
 * A jar as a stranger's javac made it of the contracts of SPI level 1.0.0, instruction by instruction: a strategy and a
 * workload. Nothing here is compiled against the contracts, so that no change of them changes what is in the jar. It is
 * as they were promised then; do not adapt it: where it no longer runs, neither do the jars that people have.
 */
final class OldJar {
  private static final String SPI = "dev/haltlab/spi/";
  private static final String POLL = "com/example/old/OldPoll";
  private static final String LOAD = "com/example/old/OldLoad";
  private static final String DURATION = "Ljava/time/Duration;";

  private OldJar() {}

  /**
   * Writes it.
   *
   * @param requires the level its manifest asks for
   */
  static Path write(Path jar, String requires) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Plugin-Id", "old");
    manifest.getMainAttributes().putValue("Plugin-Version", "1.0");
    manifest.getMainAttributes().putValue("Plugin-Requires", requires);
    try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file, manifest)) {
      entry(out, "META-INF/services/dev.haltlab.spi.HaltPollProvider", "com.example.old.OldPoll\n");
      entry(out, "META-INF/services/dev.haltlab.spi.WorkloadProvider", "com.example.old.OldLoad\n");
      entry(out, POLL, poll());
      entry(out, POLL + "$Strategy", strategy());
      entry(out, POLL + "$Config", config(POLL));
      entry(out, LOAD, load());
      entry(out, LOAD + "$Config", config(LOAD));
    }
    return jar;
  }

  private static void entry(JarOutputStream out, String name, String text) throws IOException {
    out.putNextEntry(new ZipEntry(name));
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void entry(JarOutputStream out, String name, ClassWriter type) throws IOException {
    type.visitEnd();
    out.putNextEntry(new ZipEntry(name + ".class"));
    out.write(type.toByteArray());
  }

  private static ClassWriter type(String name, String parent, String... interfaces) {
    ClassWriter type = new ClassWriter(ClassWriter.COMPUTE_MAXS | ClassWriter.COMPUTE_FRAMES);
    type.visit(V17, ACC_PUBLIC | ACC_FINAL | ACC_SUPER, name, null, parent, interfaces);
    for (String nested : new String[] {"Config", "Strategy"}) {
      if (name.endsWith("$" + nested) || nested.equals("Config") && !name.contains("$")) {
        String outer = name.replaceFirst("\\$.*", "");
        type.visitInnerClass(outer + "$" + nested, outer, nested, ACC_PUBLIC | ACC_STATIC | ACC_FINAL);
      }
    }
    return type;
  }

  private static MethodVisitor method(ClassWriter type, String name, String descriptor) {
    MethodVisitor code = type.visitMethod(ACC_PUBLIC, name, descriptor, null, null);
    code.visitCode();
    return code;
  }

  private static void end(MethodVisitor code, int opcode) {
    code.visitInsn(opcode);
    code.visitMaxs(0, 0);
    code.visitEnd();
  }

  /** {@code record Config(Duration time)}. */
  private static ClassWriter config(String owner) {
    String name = owner + "$Config";
    ClassWriter type = type(name, "java/lang/Record");
    type.visitRecordComponent("time", DURATION, null).visitEnd();
    type.visitField(ACC_PRIVATE | ACC_FINAL, "time", DURATION, null, null).visitEnd();
    MethodVisitor init = type.visitMethod(ACC_PUBLIC, "<init>", "(" + DURATION + ")V", null, null);
    init.visitParameter("time", 0);
    init.visitCode();
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, "java/lang/Record", "<init>", "()V", false);
    init.visitVarInsn(ALOAD, 0);
    init.visitVarInsn(ALOAD, 1);
    init.visitFieldInsn(PUTFIELD, name, "time", DURATION);
    end(init, RETURN);
    MethodVisitor time = method(type, "time", "()" + DURATION);
    time.visitVarInsn(ALOAD, 0);
    time.visitFieldInsn(GETFIELD, name, "time", DURATION);
    end(time, ARETURN);
    objectMethod(type, name, "toString", "()Ljava/lang/String;", ARETURN);
    objectMethod(type, name, "hashCode", "()I", IRETURN);
    objectMethod(type, name, "equals", "(Ljava/lang/Object;)Z", IRETURN);
    return type;
  }

  private static void objectMethod(ClassWriter type, String name, String method, String descriptor, int opcode) {
    MethodVisitor code = method(type, method, descriptor);
    code.visitVarInsn(ALOAD, 0);
    boolean equals = method.equals("equals");
    if (equals) {
      code.visitVarInsn(ALOAD, 1);
    }
    Handle bootstrap = new Handle(
        H_INVOKESTATIC, "java/lang/runtime/ObjectMethods", "bootstrap",
        "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/TypeDescriptor;Ljava/lang/Class;"
            + "Ljava/lang/String;[Ljava/lang/invoke/MethodHandle;)Ljava/lang/Object;", false);
    code.visitInvokeDynamicInsn(
        method, descriptor.replace("(", "(L" + name + ";"), bootstrap, Type.getObjectType(name), "time",
        new Handle(H_GETFIELD, name, "time", DURATION, false));
    end(code, opcode);
  }

  /** Constructor, id and defaults, the latter with the bridge that javac makes. */
  private static void provider(ClassWriter type, String name, String id) {
    MethodVisitor init = method(type, "<init>", "()V");
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    end(init, RETURN);
    MethodVisitor says = method(type, "id", "()Ljava/lang/String;");
    says.visitLdcInsn(id);
    end(says, ARETURN);
    String config = name + "$Config";
    MethodVisitor defaults = method(type, "defaults", "()L" + config + ";");
    defaults.visitTypeInsn(NEW, config);
    defaults.visitInsn(DUP);
    defaults.visitLdcInsn(50_000L);
    defaults.visitMethodInsn(INVOKESTATIC, "java/time/Duration", "ofNanos", "(J)" + DURATION, false);
    defaults.visitMethodInsn(INVOKESPECIAL, config, "<init>", "(" + DURATION + ")V", false);
    end(defaults, ARETURN);
    bridge(type, name, "defaults", "()L" + config + ";", "()Ljava/lang/Record;", ARETURN);
  }

  private static void bridge(ClassWriter type, String name, String method, String own, String erased, int opcode) {
    MethodVisitor code = type.visitMethod(ACC_PUBLIC | ACC_BRIDGE | ACC_SYNTHETIC, method, erased, null, null);
    code.visitCode();
    code.visitVarInsn(ALOAD, 0);
    Type[] given = Type.getArgumentTypes(own);
    for (int i = 0; i < given.length; i++) {
      code.visitVarInsn(ALOAD, i + 1);
      if (i == 0) {
        code.visitTypeInsn(CHECKCAST, given[i].getInternalName());
      }
    }
    code.visitMethodInsn(INVOKEVIRTUAL, name, method, own, false);
    end(code, opcode);
  }

  private static ClassWriter poll() {
    ClassWriter type = type(POLL, "java/lang/Object", SPI + "HaltPollProvider");
    provider(type, POLL, "old-poll");
    String created = "L" + SPI + "Seat;)L" + SPI + "HaltPoll;";
    String own = "(L" + POLL + "$Config;" + created;
    MethodVisitor create = method(type, "create", own);
    create.visitTypeInsn(NEW, POLL + "$Strategy");
    create.visitInsn(DUP);
    create.visitVarInsn(ALOAD, 1);
    create.visitMethodInsn(INVOKEVIRTUAL, POLL + "$Config", "time", "()" + DURATION, false);
    create.visitMethodInsn(INVOKEVIRTUAL, "java/time/Duration", "toNanos", "()J", false);
    create.visitVarInsn(ALOAD, 2);
    create.visitMethodInsn(INVOKEINTERFACE, SPI + "Seat", "host", "()L" + SPI + "HostView;", true);
    create.visitMethodInsn(INVOKESPECIAL, POLL + "$Strategy", "<init>", "(JL" + SPI + "HostView;)V", false);
    end(create, ARETURN);
    bridge(type, POLL, "create", own, "(Ljava/lang/Record;" + created, ARETURN);
    return type;
  }

  /** Polls for its time, where nobody else waits for the pCPU; shows it as its window. */
  private static ClassWriter strategy() {
    String name = POLL + "$Strategy";
    String host = "L" + SPI + "HostView;";
    ClassWriter type = type(name, "java/lang/Object", SPI + "HaltPoll");
    type.visitField(ACC_PRIVATE, "ns", "J", null, null).visitEnd();
    type.visitField(ACC_PRIVATE | ACC_FINAL, "host", host, null, null).visitEnd();
    MethodVisitor init = method(type, "<init>", "(J" + host + ")V");
    init.visitVarInsn(ALOAD, 0);
    init.visitMethodInsn(INVOKESPECIAL, "java/lang/Object", "<init>", "()V", false);
    init.visitVarInsn(ALOAD, 0);
    init.visitVarInsn(LLOAD, 1);
    init.visitFieldInsn(PUTFIELD, name, "ns", "J");
    init.visitVarInsn(ALOAD, 0);
    init.visitVarInsn(ALOAD, 3);
    init.visitFieldInsn(PUTFIELD, name, "host", host);
    end(init, RETURN);
    MethodVisitor budget = method(type, "budget", "(J)J");
    Label waits = new Label();
    budget.visitVarInsn(ALOAD, 0);
    budget.visitFieldInsn(GETFIELD, name, "host", host);
    budget.visitMethodInsn(INVOKEINTERFACE, SPI + "HostView", "otherRunnable", "()I", true);
    budget.visitJumpInsn(IFGT, waits);
    budget.visitVarInsn(ALOAD, 0);
    budget.visitFieldInsn(GETFIELD, name, "ns", "J");
    budget.visitInsn(LRETURN);
    budget.visitLabel(waits);
    budget.visitInsn(LCONST_0);
    end(budget, LRETURN);
    end(method(type, "woken", "(JJJZZ)V"), RETURN);
    MethodVisitor window = method(type, "windowNs", "()J");
    window.visitVarInsn(ALOAD, 0);
    window.visitFieldInsn(GETFIELD, name, "ns", "J");
    end(window, LRETURN);
    return type;
  }

  /** A client and a server, as a script each. */
  private static ClassWriter load() {
    ClassWriter type = type(LOAD, "java/lang/Object", SPI + "WorkloadProvider");
    provider(type, LOAD, "old-load");
    String own = "(L" + LOAD + "$Config;L" + SPI + "Guest;)V";
    MethodVisitor code = method(type, "define", own);
    made(code, "socket", "request", "Socket", 3);
    made(code, "socket", "reply", "Socket", 4);
    made(code, "probe", "transaction", "Probe", 5);
    code.visitVarInsn(ALOAD, 2);
    code.visitLdcInsn("client");
    code.visitInsn(ICONST_0);
    forever(code);
    step(code, "start", "Probe", 5);
    sent(code, 3);
    step(code, "receive", "Socket", 4);
    step(code, "stop", "Probe", 5);
    computed(code);
    task(code);
    code.visitVarInsn(ALOAD, 2);
    code.visitLdcInsn("server");
    code.visitVarInsn(ALOAD, 2);
    code.visitMethodInsn(INVOKEINTERFACE, SPI + "Guest", "vcpus", "()I", true);
    code.visitInsn(ICONST_1);
    code.visitInsn(ISUB);
    forever(code);
    step(code, "receive", "Socket", 3);
    computed(code);
    sent(code, 4);
    task(code);
    end(code, RETURN);
    bridge(type, LOAD, "define", own, "(Ljava/lang/Record;L" + SPI + "Guest;)V", RETURN);
    return type;
  }

  private static void made(MethodVisitor code, String method, String name, String type, int variable) {
    code.visitVarInsn(ALOAD, 2);
    code.visitLdcInsn(name);
    code.visitMethodInsn(
        INVOKEINTERFACE, SPI + "Guest", method, "(Ljava/lang/String;)L" + SPI + type + ";", true);
    code.visitVarInsn(ASTORE, variable);
  }

  private static void forever(MethodVisitor code) {
    code.visitMethodInsn(INVOKESTATIC, SPI + "Script", "forever", "()L" + SPI + "Script;", false);
  }

  private static void step(MethodVisitor code, String method, String type, int variable) {
    code.visitVarInsn(ALOAD, variable);
    call(code, method, "L" + SPI + type + ";");
  }

  private static void sent(MethodVisitor code, int socket) {
    code.visitVarInsn(ALOAD, socket);
    code.visitInsn(ICONST_1);
    call(code, "send", "L" + SPI + "Socket;I");
  }

  private static void computed(MethodVisitor code) {
    code.visitVarInsn(ALOAD, 1);
    code.visitMethodInsn(INVOKEVIRTUAL, LOAD + "$Config", "time", "()" + DURATION, false);
    call(code, "compute", DURATION);
  }

  private static void call(MethodVisitor code, String method, String given) {
    code.visitMethodInsn(INVOKEVIRTUAL, SPI + "Script", method, "(" + given + ")L" + SPI + "Script;", false);
  }

  private static void task(MethodVisitor code) {
    code.visitMethodInsn(
        INVOKEINTERFACE, SPI + "Guest", "task", "(Ljava/lang/String;IL" + SPI + "Body;)V", true);
  }
}
