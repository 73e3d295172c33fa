package dev.runar.internal.protocol.centrifugal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * The commands of one message, in any spelling. Stateless; any thread. Whatever is wrong becomes an
 * {@link CentrifugalCommand.Invalid}, with which the list ends.
 */
final class Commands {
  /** Of one message. */
  static final int MOST = 4_096;

  private Commands() {}

  /** A message from its beginning to its end. */
  interface Source {
    /** There is another. */
    boolean hasNext() throws IOException;

    CentrifugalCommand next() throws IOException;
  }

  /**
   * Reads them.
   *
   * @param wanted what the message had to be
   */
  static List<CentrifugalCommand> read(Source source, String wanted) {
    var commands = new ArrayList<CentrifugalCommand>(2);
    try {
      while (source.hasNext()) {
        CentrifugalCommand command =
            commands.size() == MOST
                ? new CentrifugalCommand.Invalid("a message holds at most " + MOST + " commands")
                : source.next();
        commands.add(command);
        if (command instanceof CentrifugalCommand.Invalid) {
          return commands;
        }
      }
    } catch (IOException | JacksonException e) {
      commands.add(unreadable(wanted));
      return commands;
    }
    if (commands.isEmpty()) {
      commands.add(new CentrifugalCommand.Invalid("the message is empty"));
    }
    return commands;
  }

  static CentrifugalCommand unreadable(String wanted) {
    return new CentrifugalCommand.Invalid("the message is not " + wanted);
  }
}
