package dev.runar.internal.broker.offline;

import dev.runar.internal.broker.offline.OfflineReader.Ending;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that takes what there is as soon as it is told; of the queue of Ann's phone. */
final class TakingClient implements OfflineReader.Listener {
  final List<WaitingMessage> taken = new CopyOnWriteArrayList<>();
  final List<Ending> endings = new CopyOnWriteArrayList<>();
  private final int bytes;
  volatile OfflineReader reader;

  TakingClient(int bytes) {
    this.bytes = bytes;
  }

  static TakingClient from(OfflineQueues queues, int bytes) {
    var taking = new TakingClient(bytes);
    taking.reader = queues.attach(OfflineFixture.PHONE, taking);
    taking.reader.begin();
    return taking;
  }

  @Override
  public void ready() {
    reader.next(bytes, taken::addAll);
  }

  @Override
  public void ended(Ending why) {
    endings.add(why);
  }

  List<String> texts() {
    return taken.stream().map(each -> each.payload().orElseThrow().asString()).toList();
  }

  long id(int index) {
    return taken.get(index).id();
  }
}
