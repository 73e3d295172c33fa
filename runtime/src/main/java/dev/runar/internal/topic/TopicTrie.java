package dev.runar.internal.topic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the patterns that match a path without looking at all of them. Not for use by several
 * threads: its owner holds a lock.
 *
 * @param <T> what is stored under a pattern; several values may stand under one
 */
public final class TopicTrie<T> {

  /** A value under its pattern. */
  public record Entry<T>(TopicPattern pattern, T value) {}

  private final Map<String, Node<T>> networks = new HashMap<>();
  private int size;

  public int size() {
    return size;
  }

  public void add(TopicPattern pattern, T value) {
    Node<T> node = networks.computeIfAbsent(pattern.network(), network -> new Node<>());
    for (String segment : pattern.segments()) {
      node = node.children.computeIfAbsent(key(segment), key -> new Node<>());
    }
    node.entries.add(new Entry<>(pattern, value));
    size++;
  }

  /** Removes one entry; returns whether it was there. Empty branches go with it. */
  public boolean remove(TopicPattern pattern, T value) {
    Node<T> root = networks.get(pattern.network());
    if (root == null || !remove(root, pattern, value, 0)) {
      return false;
    }
    if (root.isEmpty()) {
      networks.remove(pattern.network());
    }
    size--;
    return true;
  }

  /** Everything whose pattern matches, in no particular order. */
  public List<Entry<T>> match(TopicPath path) {
    Node<T> root = networks.get(path.network());
    if (root == null) {
      return List.of();
    }
    var found = new ArrayList<Entry<T>>();
    collect(root, path.segments(), 0, found);
    return found;
  }

  private boolean remove(Node<T> node, TopicPattern pattern, T value, int depth) {
    if (depth == pattern.segments().size()) {
      return node.entries.remove(new Entry<>(pattern, value));
    }
    String key = key(pattern.segments().get(depth));
    Node<T> child = node.children.get(key);
    if (child == null || !remove(child, pattern, value, depth + 1)) {
      return false;
    }
    if (child.isEmpty()) {
      node.children.remove(key);
    }
    return true;
  }

  private void collect(Node<T> node, List<String> segments, int depth, List<Entry<T>> found) {
    if (depth == segments.size()) {
      found.addAll(node.entries);
      return;
    }
    Node<T> rest = node.children.get(">");
    if (rest != null) {
      found.addAll(rest.entries);
    }
    descend(node.children.get("*"), segments, depth, found);
    descend(node.children.get(segments.get(depth)), segments, depth, found);
  }

  private void descend(
      @Nullable Node<T> child, List<String> segments, int depth, List<Entry<T>> found) {
    if (child != null) {
      collect(child, segments, depth + 1, found);
    }
  }

  /** A template matches what {@code *} matches; its name is in the entry's pattern. */
  private static String key(String segment) {
    return segment.startsWith("{") ? "*" : segment;
  }

  private static final class Node<T> {
    final Map<String, Node<T>> children = new HashMap<>();
    final List<Entry<T>> entries = new ArrayList<>(1);

    boolean isEmpty() {
      return children.isEmpty() && entries.isEmpty();
    }
  }
}
