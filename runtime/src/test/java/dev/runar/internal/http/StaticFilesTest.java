package dev.runar.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class StaticFilesTest {
  @TempDir Path folder;
  private StaticFiles files;

  @BeforeEach
  void makeFiles() throws IOException {
    Path root = Files.createDirectories(folder.resolve("public"));
    Files.writeString(folder.resolve("secret.txt"), "secret");
    Files.writeString(root.resolve("index.html"), "<p>hello");
    Files.writeString(root.resolve("app.js"), "let a");
    Files.writeString(root.resolve("a b.css"), "p{}");
    Files.writeString(root.resolve("data.unknown"), "?");
    Files.writeString(root.resolve(".env"), "KEY=1");
    Files.createDirectories(root.resolve("docs"));
    Files.writeString(root.resolve("docs/index.html"), "docs");
    Files.createDirectories(root.resolve("empty"));
    Files.createSymbolicLink(root.resolve("out.txt"), folder.resolve("secret.txt"));
    Files.createSymbolicLink(root.resolve("up"), folder);
    Files.createSymbolicLink(root.resolve("in.js"), root.resolve("app.js"));
    files = StaticFiles.under(root);
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8, <p>hello",
    "/index.html, text/html; charset=utf-8, <p>hello",
    "/app.js, text/javascript; charset=utf-8, let a",
    "/a%20b.css, text/css; charset=utf-8, p{}",
    "/data.unknown, application/octet-stream, ?",
    "/docs/, text/html; charset=utf-8, docs",
    "/in.js, text/javascript; charset=utf-8, let a"
  })
  void aFileIsServedWithItsType(String path, String type, String content) throws IOException {
    HttpResponse response = get(path);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers())
        .containsEntry("content-type", type)
        .containsEntry("x-content-type-options", "nosniff")
        .containsKey("etag");
    assertThat(content(response)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/missing",
        "/empty/",
        "/empty",
        "/app.js/",
        "/.env",
        "/%2eenv",
        "/../secret.txt",
        "/docs/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%252e%252e/secret.txt",
        "/docs/..\\..\\secret.txt",
        "/docs/..%5c..%5csecret.txt",
        "/out.txt",
        "/up/secret.txt",
        "/app.js%00",
        "/app.js%00.html",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/%zz",
        "/%f",
        "/%ff%fe"
      })
  void nothingElseIsFound(String path) {
    assertThat(get(path).status()).isEqualTo(404);
  }

  @Test
  void aFolderWithoutItsSlashIsRedirected() {
    HttpResponse response = files.answer(new HttpRequest("GET", "/docs", "v=1", Map.of()));
    assertThat(response.status()).isEqualTo(301);
    assertThat(response.headers()).containsEntry("location", "/docs/?v=1");
  }

  @Test
  void anUnchangedFileIsNotSentAgain() {
    String tag = get("/app.js").headers().get("etag");
    for (String known : new String[] {tag, "W/" + tag, "\"x\", " + tag, "*"}) {
      var request = new HttpRequest("GET", "/app.js", "", Map.of("if-none-match", known));
      assertThat(files.answer(request).status()).isEqualTo(304);
    }
    var request = new HttpRequest("GET", "/app.js", "", Map.of("if-none-match", "\"x\""));
    assertThat(files.answer(request).status()).isEqualTo(200);
  }

  @Test
  void headHasTheSizeAndNoBody() {
    HttpResponse response = files.answer(new HttpRequest("HEAD", "/app.js", "", Map.of()));
    assertThat(response.body()).isEqualTo(new HttpResponse.HeadersOnly(5));
  }

  @Test
  void withoutAFolderThereAreNoFiles() {
    assertThat(
            StaticFiles.under(folder.resolve("missing"))
                .answer(new HttpRequest("GET", "/", "", Map.of()))
                .status())
        .isEqualTo(404);
  }

  private HttpResponse get(String path) {
    return files.answer(new HttpRequest("GET", path, "", Map.of()));
  }

  private static String content(HttpResponse response) throws IOException {
    var file = (HttpResponse.OpenFile) response.body();
    try (var channel = file.channel()) {
      var bytes = ByteBuffer.allocate((int) file.size());
      channel.read(bytes);
      return new String(bytes.array(), StandardCharsets.UTF_8);
    }
  }
}
