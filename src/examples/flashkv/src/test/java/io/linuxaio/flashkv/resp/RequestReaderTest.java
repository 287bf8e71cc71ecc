package io.linuxaio.flashkv.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {
    private static final int MAX_REQUEST = 1 << 20;

    @Test
    void requestsMayArriveInPiecesOfAnySize() throws Exception {
        String input =
                "*2\r\n$3\r\nGET\r\n$1\r\na\r\nPING hello\r\n*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\n\r\n\r\n\r\n";
        for (int piece = 1; piece <= input.length(); piece++) {
            assertThat(parse(input, piece))
                    .as("pieces of %d", piece)
                    .containsExactly("GET|a", "PING|hello", "PING", "SET||\r\n\r\n");
        }
    }

    @Test
    void largeArgumentsArriveWhole() throws Exception {
        byte[] value = new byte[300_000];
        new Random(1).nextBytes(value);
        String text = new String(value, StandardCharsets.ISO_8859_1);
        for (int piece : new int[] {1, 1000, 65_536, 1_000_000}) {
            assertThat(parse("*2\r\n$4\r\nECHO\r\n$" + value.length + "\r\n" + text + "\r\nPING\r\n", piece))
                    .containsExactly("ECHO|" + text, "PING");
        }
    }

    @Test
    void emptyRequestsAreSkipped() throws Exception {
        assertThat(parse("\r\n\n  \r\n*0\r\n*-1\r\nPING\r\n", 100)).containsExactly("PING");
    }

    static List<Arguments> malformed() {
        String tooLong = "x".repeat(700_000);
        return List.of(
                Arguments.of("*1\r\n$9999999999\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$99999999999999999999\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$-1\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$1048577\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$x\r\n", "invalid bulk length"),
                Arguments.of("*1\r\n$1\n", "invalid bulk length"),
                Arguments.of("*1\r\n$1a\r\n", "invalid bulk length"),
                Arguments.of("*1\r\nPING\r\n", "expected '$', got 'P'"),
                Arguments.of("*1\r\n\0", "expected '$', got '?'"),
                Arguments.of("*9999999999\r\n", "invalid multibulk length"),
                Arguments.of("*1048577\r\n", "invalid multibulk length"),
                Arguments.of("*x\r\n", "invalid multibulk length"),
                Arguments.of("*\r\n", "invalid multibulk length"),
                Arguments.of("*1\r\n$4\r\nPINGxx", "expected CRLF"),
                Arguments.of(
                        "*3\r\n$3\r\nSET\r\n$700000\r\n" + tooLong + "\r\n$700000\r\n",
                        "the request is longer than 1048576 bytes"),
                Arguments.of("SET a \"b\r\n", "unbalanced quotes in request"),
                Arguments.of("SET a \"b\"c\r\n", "unbalanced quotes in request"),
                Arguments.of("SET a 'b\r\n", "unbalanced quotes in request"));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void malformedRequestsAreRefused(String input, String reason) {
        assertThatThrownBy(() -> parse(input, 1000))
                .isInstanceOf(ProtocolException.class)
                .hasMessageStartingWith("ERR Protocol error: ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*", "*1\r\n$"})
    void endlessLinesAreRefused(String begin) {
        assertThatThrownBy(() -> parse(begin + "1".repeat(200_000), 10_000))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("too big");
    }

    static List<Arguments> inline() {
        return List.of(
                Arguments.of("SET a b", "SET|a|b"),
                Arguments.of("  SET\ta   b ", "SET|a|b"),
                Arguments.of("SET \"a b\" 'c d'", "SET|a b|c d"),
                Arguments.of("SET \"\\x41\\n\\r\\t\\b\\a\\\\\\\"\\q\"", "SET|A\n\r\t\b\u0007\\\"q"),
                Arguments.of("SET \"\\xzz\" 'it\\'s' '\\x'", "SET|xzz|it's|\\x"));
    }

    @ParameterizedTest
    @MethodSource("inline")
    void inlineWordsAreSplitAtSpaceAndUnquoted(String input, String expected) throws Exception {
        assertThat(parse(input + "\r\n", 100)).containsExactly(expected);
    }

    @Test
    void anEmptyWordIsAWord() throws Exception {
        assertThat(parse("ECHO \"\"\n", 100)).containsExactly("ECHO|");
    }

    @Test
    void halfARequestIsNone() throws Exception {
        assertThat(parse("*2\r\n$4\r\nECHO\r\n$10\r\nhalf", 100)).isEmpty();
        assertThat(parse("PING", 100)).isEmpty();
    }

    @Test
    void anAnnouncedLengthTakesNoMemory() throws Exception {
        // 10,000 readers that each were promised a gigabyte.
        List<RequestReader> readers = new ArrayList<>();
        byte[] promise = "*1\r\n$1073741824\r\nx".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 10_000; i++) {
            RequestReader reader = new RequestReader(1 << 30);
            reader.fill(new ByteArrayInputStream(promise));
            assertThat(reader.next()).isNull();
            readers.add(reader);
        }
        assertThat(readers).hasSize(10_000);
    }

    @Test
    void randomBytesAreARequestOrRefused() throws Exception {
        Random random = new Random(7);
        byte[] alphabet = "*$0123456789\r\n-aG\"' \\x".getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[1 + random.nextInt(60)];
            for (int k = 0; k < bytes.length; k++) {
                bytes[k] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                parse(new String(bytes, StandardCharsets.ISO_8859_1), 1 + random.nextInt(10));
            } catch (ProtocolException e) {
                assertThat(e).hasMessageStartingWith("ERR Protocol error: ");
            }
        }
    }

    private static List<String> parse(String input, int piece) throws IOException, ProtocolException {
        RequestReader reader = new RequestReader(MAX_REQUEST);
        InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, piece));
            }
        };
        List<String> requests = new ArrayList<>();
        do {
            for (byte[][] request = reader.next(); request != null; request = reader.next()) {
                requests.add(String.join(
                        "|",
                        Arrays.stream(request)
                                .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                                .toList()));
            }
        } while (reader.fill(in));
        return requests;
    }
}
