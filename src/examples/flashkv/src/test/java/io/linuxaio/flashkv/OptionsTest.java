package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.log.LogDurability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    @Test
    void defaultsAreThoseOfTheHelp() {
        Options options = Options.parse();
        assertThat(options.server().address().toString()).isEqualTo("/127.0.0.1:7379");
        assertThat(options.store().durability()).isEqualTo(LogDurability.ALWAYS);
        options.config().forEach((name, value) -> assertThat(value).isNotNull());
        for (String each :
                new String[] {"(7379)", "(127.0.0.1)", "(flashkv-data)", "(10000)", "(8m)", "(300)", "(30)"}) {
            assertThat(Options.HELP).contains(each);
        }
    }

    @Test
    void bothSpellingsWork() {
        Options options =
                Options.parse("--port=1", "--fsync", "everysec", "--snapshot-after", "1G", "--max-request=64k");
        assertThat(options.port()).isEqualTo(1);
        assertThat(options.store().durability()).isEqualTo(LogDurability.INTERVAL);
        assertThat(options.store().snapshotAfter()).isEqualTo(1L << 30);
        assertThat(options.store().maxRequest()).isEqualTo(64 << 10);
    }

    @ParameterizedTest
    @CsvSource({
        "'--port x', --port x: is no number",
        "'--port 65536', must be from 0 to 65535",
        "'--port -1', must be from 0 to 65535",
        "'--port', --port needs a value",
        "'--prot 1', unknown option: --prot",
        "'7379', unexpected argument: 7379",
        "'--fsync sometimes', 'must be always, everysec or no'",
        "'--max-request 8x', is no size",
        "'--max-request 1', must be from 1024",
        "'--segment-size 4k', must be a multiple of 4096 and at least",
        "'--segment-size 67108865', must be a multiple of 4096",
        "'--snapshot-after 99999999999g', is no size",
        "'--max-connections 0', must be from 1",
        "'--bind no.such.host.invalid', is no address"
    })
    void wrongOptionsAreNamed(String arguments, String message) {
        assertThatThrownBy(() -> Options.parse(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
