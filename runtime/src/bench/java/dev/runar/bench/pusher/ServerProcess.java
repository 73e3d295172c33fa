package dev.runar.bench.pusher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The server that is measured: a process on this machine, with an app of the id {@code app}, the
 * key {@code key} and the secret {@code secret} that takes client events.
 */
record ServerProcess(InetSocketAddress address, ProcessHandle handle) {
  static ServerProcess of(String port, String pid) {
    return new ServerProcess(
        new InetSocketAddress("127.0.0.1", Integer.parseInt(port)),
        ProcessHandle.of(Long.parseLong(pid)).orElseThrow());
  }

  /** What it has used so far, all threads. */
  long processorNanos() {
    return handle.info().totalCpuDuration().orElseThrow().toNanos();
  }

  /** After a collection if it is a JVM; others collect when they like. */
  long residentBytes() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    new ProcessBuilder(jcmd, String.valueOf(handle.pid()), "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
    Thread.sleep(1_000);
    return Files.readAllLines(Path.of("/proc/" + handle.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
        .findFirst()
        .orElseThrow();
  }
}
