package dev.runar.cli;

import dev.runar.Node;
import dev.runar.Payload;
import dev.runar.RunarException;
import dev.runar.cli.control.ControlClient;
import dev.runar.cli.control.ControlFolder;
import dev.runar.cli.control.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code runar doctor}: what is well here, what is not, and what to do about it. */
@Command(
    name = "doctor",
    header = "Checks this machine and the running nodes, and says what to do.",
    footer = {"", "The exit code is 0, or 1 when something does not work."})
final class DoctorCommand implements Callable<Integer> {
  private final Surroundings surroundings;
  private final Output output;

  DoctorCommand(Surroundings surroundings, Output output) {
    this.surroundings = surroundings;
    this.output = output;
  }

  @Override
  public Integer call() {
    List<Check> checks = checks(surroundings.folder().get());
    boolean healthy = checks.stream().noneMatch(check -> check.level() == Check.Level.FAIL);
    if (output.isJson()) {
      output.json(
          Payload.object("ok", healthy, "checks", checks.stream().map(Check::asMap).toList())
              .value());
    } else {
      checks.forEach(check -> output.line(check.line()));
    }
    return healthy ? ExitCode.OK.number() : ExitCode.FAILED.number();
  }

  private static List<Check> checks(ControlFolder folder) {
    var checks = new ArrayList<Check>();
    checks.add(MachineChecks.versions());
    checks.add(MachineChecks.java());
    checks.add(MachineChecks.compiler());
    checks.add(MachineChecks.image());
    checks.add(MachineChecks.transport());
    checks.add(MachineChecks.locale());
    Check folderCheck = MachineChecks.folder(folder);
    checks.add(folderCheck);
    var urls = new ArrayList<String>();
    var nodes =
        folderCheck.level() == Check.Level.FAIL ? List.<Check>of() : nodeChecks(folder, urls);
    checks.add(MachineChecks.port(urls));
    checks.addAll(nodes);
    return checks;
  }

  private static List<Check> nodeChecks(ControlFolder folder, List<String> urls) {
    List<ControlClient> running = folder.connectAll();
    if (running.isEmpty()) {
      return List.of(Check.ok("nodes", "none is running"));
    }
    var checks = new ArrayList<Check>();
    for (ControlClient client : running) {
      try (client) {
        checks.add(nodeCheck(client, urls));
      } catch (RunarException e) {
        checks.add(
            Check.fail(
                "node " + client.name(),
                String.valueOf(e.getMessage()),
                "look at its log, or end its process"));
      }
    }
    return checks;
  }

  private static Check nodeCheck(ControlClient client, List<String> urls) {
    NodeInfo info = client.info();
    Map<String, @Nullable Object> status =
        client.request("$runtime/status", Payload.of(null), ControlClient.PATIENCE).asMap();
    if (status.get("urls") instanceof List<?> list) {
      list.forEach(url -> urls.add(String.valueOf(url)));
    }
    String subject = "node " + info.name();
    String found =
        "process %d, %s, %s".formatted(info.pid(), info.script(), engine(status.get("engine")));
    if (!info.version().equals(Node.version())) {
      return Check.warn(
          subject, found + ", runar " + info.version(), "restart it: this is " + Node.version());
    }
    return isInterpreted(status.get("engine"))
        ? Check.warn(subject, found, "start it by the launcher: ./runar run " + info.script())
        : Check.ok(subject, found);
  }

  private static boolean isInterpreted(@Nullable Object engine) {
    return engine instanceof Map<?, ?> map && Boolean.FALSE.equals(map.get("compiled"));
  }

  private static String engine(@Nullable Object engine) {
    return engine instanceof Map<?, ?> map
        ? map.get("name") + (isInterpreted(map) ? " (interpreter)" : " (JIT)")
        : "no script engine";
  }
}
