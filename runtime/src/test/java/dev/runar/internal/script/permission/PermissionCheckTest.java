package dev.runar.internal.script.permission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.runar.Permissions;
import dev.runar.RunarException;
import dev.runar.RunarException.Code;
import dev.runar.spi.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(10)
class PermissionCheckTest {
  @TempDir Path folder;

  private PermissionCheck check(Permissions granted) {
    return new PermissionCheck(granted, folder, List.of(folder), Disk.system());
  }

  private static String denied(ThrowingCallable call) {
    RunarException error = catchThrowableOfType(RunarException.class, call);
    assertThat(error).isNotNull();
    assertThat(error.code()).isEqualTo(Code.PERMISSION_DENIED);
    return error.getMessage();
  }

  @Test
  void nothingIsGrantedByDefaultButTheOwnFolder() throws IOException {
    PermissionCheck check = check(Permissions.NONE);
    Path own = Files.writeString(folder.resolve("own.txt"), "own");
    assertThat(check.read("own.txt")).isEqualTo(own.toRealPath());
    assertThat(check.read("missing.txt").getFileName().toString()).isEqualTo("missing.txt");
    assertThat(check.seesEnv("HOME")).isFalse();
    assertThat(check.seesJava("java.lang.String")).isFalse();
    assertThat(denied(() -> check.net("api.example.com", 443)))
        .isEqualTo(
            "this script may not connect to api.example.com:443: permissions.net is empty; allow it"
                + " with --allow-net=api.example.com:443, or permissions.net in runar.yaml");
    assertThat(denied(() -> check.env("HOME"))).contains("permissions.env is empty", "HOME");
    assertThat(denied(() -> check.read("/etc/hostname"))).contains("--allow-read=/etc/hostname");
    assertThat(check.refusals()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "api.example.com, api.example.com, 443, true",
    "api.example.com, API.example.com., 443, true",
    "api.example.com, evil-api.example.com, 443, false",
    "api.example.com, api.example.com.evil.org, 443, false",
    "api.example.com:443, api.example.com, 443, true",
    "api.example.com:443, api.example.com, 80, false",
    "*.example.com, a.b.example.com, 1, true",
    "*.example.com, example.com, 1, false",
    "*.example.com, evilexample.com, 1, false",
    "*, anything, 1, true",
    "*:443, anything, 443, true",
    "*:443, anything, 80, false",
    "[::1]:8080, ::1, 8080, true",
    "[::1]:8080, [::1], 8081, false",
    "::1, [::1], 8081, true",
    "127.0.0.1, 127.0.0.1, 9, true",
    "127.0.0.1, 127.0.0.10, 9, false",
    "localhost, 127.0.0.1, 9, false",
  })
  void aHostIsComparedWhole(String rule, String host, int port, boolean allowed) {
    PermissionCheck check = check(Permissions.NONE.withNet(rule));
    if (allowed) {
      check.net(host, port);
    } else {
      assertThat(denied(() -> check.net(host, port))).contains("permissions.net has only " + rule);
    }
  }

  @Test
  void linksAndDotsLeadToWhereTheyLead(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("secret.txt"), "s3cret");
    Files.createSymbolicLink(folder.resolve("link.txt"), outside.resolve("secret.txt"));
    Files.createSymbolicLink(folder.resolve("up"), outside);
    PermissionCheck check = check(Permissions.NONE);
    for (String path :
        List.of(
            "link.txt",
            "up/secret.txt",
            "up/missing.txt",
            "../" + outside.getFileName() + "/secret.txt",
            folder + "-beside/x",
            outside.resolve("secret.txt").toString())) {
      denied(() -> check.read(path));
    }
    PermissionCheck granted = check(Permissions.NONE.withRead(outside.toString()));
    assertThat(granted.read("link.txt")).isEqualTo(outside.resolve("secret.txt").toRealPath());
    assertThatThrownBy(() -> check.read("a\0b")).hasMessageContaining("no path");
  }

  @Test
  void namesMayEndInAStar() {
    PermissionCheck check = check(Permissions.NONE.withEnv("HOME", "APP_*").withJava("com.acme.*"));
    assertThat(check.seesEnv("HOME")).isTrue();
    assertThat(check.seesEnv("HOME2")).isFalse();
    assertThat(check.seesEnv("APP_KEY")).isTrue();
    assertThat(check.seesJava("com.acme.Prices")).isTrue();
    assertThat(check.seesJava("com.acmeevil.Prices")).isFalse();
  }

  @Test
  void anEmptyEntryIsRefused() {
    assertThatThrownBy(() -> Permissions.NONE.withNet(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("net has an empty entry");
  }
}
