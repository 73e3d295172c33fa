package dev.runar.internal.script;

import com.oracle.truffle.api.source.SourceSection;
import com.oracle.truffle.tools.profiler.CPUSampler;
import com.oracle.truffle.tools.profiler.CPUSamplerData;
import com.oracle.truffle.tools.profiler.ProfilerNode;
import dev.runar.Payload;
import dev.runar.internal.script.module.Position;
import dev.runar.internal.script.module.SourceMaps;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Samples of scripts as a {@code .cpuprofile}, which the Chrome DevTools, editors and speedscope
 * open: the type {@code Profiler.Profile} of the DevTools protocol. Used once, by one thread.
 */
final class CpuProfile {
  private static final int ROOT = 1;

  private record Sample(long nanos, int node) {}

  private final List<SourceMaps> maps;
  private final List<Map<String, Object>> nodes = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();

  CpuProfile(List<SourceMaps> maps) {
    this.maps = maps;
  }

  Payload of(List<CPUSamplerData> contexts) {
    var children = new ArrayList<Integer>();
    nodes.add(node(ROOT, Map.of("functionName", "(root)", "url", ""), children, 0));
    for (CPUSamplerData context : contexts) {
      context.getThreadData().values().forEach(thread -> children.addAll(add(thread)));
    }
    samples.sort(Comparator.comparingLong(Sample::nanos));
    long start = samples.isEmpty() ? 0 : samples.getFirst().nanos();
    long end = samples.isEmpty() ? 0 : samples.getLast().nanos();
    var deltas = new ArrayList<Long>();
    long last = start;
    for (Sample sample : samples) {
      deltas.add(micros(sample.nanos()) - micros(last));
      last = sample.nanos();
    }
    return Payload.object(
        "nodes", nodes,
        "startTime", micros(start),
        "endTime", micros(end),
        "samples", samples.stream().map(Sample::node).toList(),
        "timeDeltas", deltas);
  }

  private static long micros(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos);
  }

  private List<Integer> add(Collection<ProfilerNode<CPUSampler.Payload>> siblings) {
    var ids = new ArrayList<Integer>();
    for (ProfilerNode<CPUSampler.Payload> sibling : siblings) {
      int id = nodes.size() + 1;
      ids.add(id);
      var children = new ArrayList<Integer>();
      CPUSampler.Payload payload = sibling.getPayload();
      nodes.add(node(id, callFrame(sibling), children, payload.getSelfHitCount()));
      payload.getSelfHitTimes().forEach(nanos -> samples.add(new Sample(nanos, id)));
      children.addAll(add(sibling.getChildren()));
    }
    return ids;
  }

  /** The list of children is filled after this. */
  private static Map<String, Object> node(
      int id, Map<String, Object> callFrame, List<Integer> children, int hits) {
    var node = new LinkedHashMap<String, Object>();
    node.put("id", id);
    node.put("callFrame", complete(callFrame));
    node.put("hitCount", hits);
    node.put("children", children);
    return node;
  }

  private static Map<String, Object> complete(Map<String, Object> callFrame) {
    var all = new LinkedHashMap<>(callFrame);
    all.putIfAbsent("scriptId", "0");
    all.putIfAbsent("lineNumber", -1);
    all.putIfAbsent("columnNumber", -1);
    return all;
  }

  /** Lines and columns count from 0 there. */
  private Map<String, Object> callFrame(ProfilerNode<CPUSampler.Payload> node) {
    SourceSection section = node.getSourceSection();
    String name = node.getRootName();
    if (section == null || !section.isAvailable()) {
      return Map.of("functionName", name, "url", "");
    }
    Position written =
        original(section.getSource().getName(), section.getStartLine(), section.getStartColumn());
    return Map.of(
        "functionName",
        name.equals(":anonymous") ? "" : name,
        "url",
        url(written.file()),
        "lineNumber",
        written.line() - 1,
        "columnNumber",
        written.column() - 1);
  }

  private Position original(String file, int line, int column) {
    var place = new Position(file, line, column);
    for (SourceMaps context : maps) {
      Position mapped = context.original(file, line, column);
      if (!mapped.equals(place)) {
        return mapped;
      }
    }
    return place;
  }

  private static String url(String file) {
    try {
      Path path = Path.of(file);
      return path.isAbsolute() ? path.toUri().toString() : file;
    } catch (InvalidPathException named) {
      return file;
    }
  }
}
