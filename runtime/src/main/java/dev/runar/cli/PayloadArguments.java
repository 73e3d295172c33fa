package dev.runar.cli;

import dev.runar.Payload;
import dev.runar.RunarException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a payload of the words after a path. Stateless; any thread.
 *
 * <p>Either one JSON value, or {@code -} for JSON on standard input, or fields: {@code --a 5},
 * {@code --a=5}, {@code --flag} alone for true. A field's value is what it is as JSON, and a string
 * if it is no JSON: {@code 5} and {@code [1,2]} are a number and an array, {@code 007} and {@code
 * hello} are strings, {@code '"5"'} is the string 5. No word at all is null.
 */
final class PayloadArguments {
  static final int MAX_INPUT_BYTES = 4 << 20;

  private PayloadArguments() {}

  /**
   * The payload.
   *
   * @throws UsageException saying which word is wrong
   */
  static Payload parse(List<String> words, InputStream standardInput) {
    if (words.isEmpty()) {
      return Payload.of(null);
    }
    String first = words.getFirst();
    if (first.startsWith("--")) {
      return fields(words);
    }
    if (words.size() > 1) {
      throw new UsageException(
          "unexpected '%s'; a payload is one JSON value, or --name value …"
              .formatted(words.get(first.startsWith("-") ? 0 : 1)));
    }
    return json(first.equals("-") ? read(standardInput) : first);
  }

  private static Payload json(String text) {
    var payload = Payload.json(text);
    try {
      payload.value();
      return payload;
    } catch (RunarException e) {
      throw new UsageException(
          "'%s' is not JSON (a string is written '\"hello\"'); or give fields: --name value"
              .formatted(text.length() <= 60 ? text : text.substring(0, 60) + "…"));
    }
  }

  private static Payload fields(List<String> words) {
    var fields = new LinkedHashMap<String, String>();
    int i = 0;
    while (i < words.size()) {
      String word = words.get(i++);
      if (!word.startsWith("--") || word.length() == 2) {
        throw new UsageException("unexpected '%s'; each field is --name value".formatted(word));
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
      String value = "true";
      if (equals >= 0) {
        value = literal(word.substring(equals + 1));
      } else if (i < words.size() && !words.get(i).startsWith("--")) {
        value = literal(words.get(i++));
      }
      if (fields.putIfAbsent(name, value) != null) {
        throw new UsageException(
            "--%s is given twice; an array is --%s '[1,2]'".formatted(name, name));
      }
    }
    return Payload.json(object(fields));
  }

  /** The text is kept as it was typed, so that no digit of a number is lost. */
  private static String literal(String text) {
    try {
      Payload.json(text).value();
      return text;
    } catch (RunarException e) {
      return Payload.of(text).text();
    }
  }

  private static String object(Map<String, String> fields) {
    var text = new StringBuilder("{");
    fields.forEach(
        (name, value) ->
            text.append(text.length() == 1 ? "" : ",")
                .append(Payload.of(name).text())
                .append(':')
                .append(value));
    return text.append('}').toString();
  }

  private static String read(InputStream in) {
    try {
      byte[] bytes = in.readNBytes(MAX_INPUT_BYTES + 1);
      if (bytes.length > MAX_INPUT_BYTES) {
        throw new UsageException("standard input is longer than " + MAX_INPUT_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new UsageException("standard input is not UTF-8 text");
    } catch (IOException e) {
      throw new UsageException("standard input cannot be read: " + e.getMessage());
    }
  }

  /** The words are not a payload; the command adds where its help is. */
  static final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }
}
