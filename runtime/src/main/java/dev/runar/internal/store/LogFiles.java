package dev.runar.internal.store;

import java.io.IOException;
import java.util.List;

/**
 * The folder of a log, so that a test can put a simulated disk in its place. {@link LogFile#read}:
 * any thread; everything else: one thread.
 */
interface LogFiles extends AutoCloseable {

  /** The names of the files in the folder, in no order. */
  List<String> names() throws IOException;

  /** Makes a file that is not there yet. It survives a loss of power after {@link #syncFolder}. */
  LogFile create(String name) throws IOException;

  /** Opens a file that is there. */
  LogFile open(String name) throws IOException;

  /** Deletes a file. It may come back after a loss of power until {@link #syncFolder}. */
  void delete(String name) throws IOException;

  /** Makes what was created and deleted survive a loss of power. */
  void syncFolder() throws IOException;

  /** Where it is, for people. */
  String place();

  /** Gives the folder up; it can then be opened by somebody else. */
  @Override
  void close() throws IOException;

  /** One open file. */
  interface LogFile extends AutoCloseable {
    /** Its length, in bytes. */
    long size() throws IOException;

    /**
     * Reads bytes at a position, fewer than asked for only at the end of the file.
     *
     * @return how many were read
     */
    int read(long position, byte[] into, int offset, int length) throws IOException;

    /** Writes all of the bytes at a position. */
    void write(long position, byte[] from, int offset, int length) throws IOException;

    /** Makes what was written survive a loss of power. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }
}
