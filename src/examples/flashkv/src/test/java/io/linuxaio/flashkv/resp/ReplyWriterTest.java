package io.linuxaio.flashkv.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplyWriterTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ReplyWriter writer = new ReplyWriter(out);

    @Test
    void repliesAreEncoded() throws IOException {
        writer.write(Reply.OK);
        writer.write(new Reply.Error("ERR no"));
        for (long number : new long[] {0, 7, -7, 10, 99, 100, Long.MAX_VALUE, Long.MIN_VALUE}) {
            writer.write(new Reply.Int(number));
        }
        writer.write(Reply.NIL);
        writer.write(Reply.bulk(""));
        writer.write(new Reply.Array(List.of(Reply.bulk("a\r\nb"), new Reply.Array(List.of()))));
        assertThat(out.size()).isZero();
        writer.flush();
        assertThat(written())
                .isEqualTo("+OK\r\n-ERR no\r\n:0\r\n:7\r\n:-7\r\n:10\r\n:99\r\n:100\r\n:9223372036854775807\r\n"
                        + ":-9223372036854775808\r\n$-1\r\n$0\r\n\r\n*2\r\n$4\r\na\r\nb\r\n*0\r\n");
    }

    @Test
    void lineBreaksInErrorsDoNotEndTheReply() throws IOException {
        writer.write(new Reply.Error("ERR a\r\nb"));
        writer.flush();
        assertThat(written()).isEqualTo("-ERR a  b\r\n");
    }

    @Test
    void muchIsWrittenInBetween() throws IOException {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            String text = "x".repeat(i * 37 % 50_000);
            writer.write(Reply.bulk(text));
            expected.append('$')
                    .append(text.length())
                    .append("\r\n")
                    .append(text)
                    .append("\r\n");
            assertThat(expected.length() - out.size()).isLessThanOrEqualTo(64 << 10);
        }
        writer.flush();
        assertThat(written()).isEqualTo(expected.toString());
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
