package dev.runar.internal.script.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Value;

/** What {@code console.table} prints. Owner thread; used once. */
final class TableText {
  /** Of a table more rows are not shown; how many are left is noted. */
  static final int MAX_ROWS = 1_000;

  /** Of a table more columns are not shown. */
  static final int MAX_COLUMNS = 100;

  private static final Pattern INDEX = Pattern.compile("0|[1-9][0-9]{0,8}");

  private final ValueDescriber describer;
  private final OutputBudget budget = new OutputBudget();

  TableText(ValueDescriber describer) {
    this.describer = describer;
  }

  String of(Value data, List<String> columns) {
    Value target = describer.target(data);
    if (ValueDescriber.isProxy(target) || target.isHostObject() || target.isProxyObject()) {
      return new Inspection(describer, InspectOptions.DEFAULT, budget)
          .print(describer.nested(target), 0);
    }
    Description rows = describer.rows(target, MAX_ROWS);
    String table =
        switch (rows.kind()) {
          case "set" -> entries(List.of("(iteration index)", "Values"), rows.cells());
          case "map" -> entries(List.of("(iteration index)", "Key", "Values"), rows.cells());
          case "thrown" -> Inspection.thrown(rows.text());
          default -> objects(rows.properties(), columns);
        };
    boolean complete = rows.kind().equals("thrown") || rows.more() == 0;
    return complete ? table : table + "\n... " + rows.more() + " more rows";
  }

  private String entries(List<String> head, List<Cell> cells) {
    int width = head.size() - 1;
    var rows = new ArrayList<List<String>>();
    for (int i = 0; i < cells.size(); i += width) {
      var row = new ArrayList<String>();
      row.add(Integer.toString(i / width));
      for (Cell cell : cells.subList(i, i + width)) {
        row.add(cell(cell));
      }
      rows.add(row);
    }
    return BoxTable.draw(head, rows);
  }

  private String objects(List<Property> rows, List<String> columns) {
    Set<String> found = new LinkedHashSet<>(columns);
    var cells = new ArrayList<Map<String, String>>();
    boolean primitives = false;
    var values = new ArrayList<String>();
    for (Property row : rows) {
      boolean object = row.cell().kind() == Cell.Kind.OBJECT;
      boolean primitive = !object && columns.isEmpty();
      primitives |= primitive;
      values.add(primitive ? cell(row.cell()) : "");
      cells.add(object ? columnsOf(row.cell().value(), columns, found) : Map.of());
    }
    var head = new ArrayList<String>(List.of("(index)"));
    head.addAll(inOrder(found));
    List<String> names = List.copyOf(head.subList(1, head.size()));
    if (primitives) {
      head.add("Values");
    }
    var lines = new ArrayList<List<String>>();
    for (int i = 0; i < rows.size(); i++) {
      var line = new ArrayList<String>(List.of(rows.get(i).key()));
      for (String name : names) {
        line.add(cells.get(i).getOrDefault(name, ""));
      }
      if (primitives) {
        line.add(values.get(i));
      }
      lines.add(line);
    }
    return BoxTable.draw(head, lines);
  }

  private Map<String, String> columnsOf(Value row, List<String> columns, Set<String> found) {
    var cells = new HashMap<String, String>();
    Value target = describer.target(row);
    if (ValueDescriber.isProxy(target) || target.isHostObject() || target.isProxyObject()) {
      return cells;
    }
    Description description = describer.rows(target, MAX_COLUMNS);
    if (!description.kind().equals("object")) {
      return cells;
    }
    for (Property property : description.properties()) {
      boolean known = found.contains(property.key());
      if (!known && columns.isEmpty() && found.size() < MAX_COLUMNS) {
        known = found.add(property.key());
      }
      if (known) {
        cells.put(property.key(), cell(property.cell()));
      }
    }
    return cells;
  }

  /** As an object orders its keys: indexes by size, then names as they were added. */
  private static List<String> inOrder(Set<String> names) {
    return names.stream()
        .sorted(
            Comparator.comparingInt(
                name -> INDEX.matcher(name).matches() ? Integer.parseInt(name) : Integer.MAX_VALUE))
        .toList();
  }

  private String cell(Cell cell) {
    int depth = cell.kind() == Cell.Kind.OBJECT && isLarge(cell.value()) ? -1 : 0;
    return new Inspection(describer, InspectOptions.CELL.withDepth(depth), budget).print(cell, 0);
  }

  private boolean isLarge(Value object) {
    Value target = describer.target(object);
    if (ValueDescriber.isProxy(target) || target.isHostObject() || target.isProxyObject()) {
      return false;
    }
    Description description = describer.rows(target, 3);
    return description.kind().equals("object")
        && description.properties().size() > 2
        && !describer.isList(target);
  }
}
