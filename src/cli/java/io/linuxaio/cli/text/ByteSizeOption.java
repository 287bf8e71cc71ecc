package io.linuxaio.cli.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts sizes in bytes, such as 512, 4k, 1m, 1.5g, 64KiB, 10MB. */
public final class ByteSizeOption implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?) ?([kmgtp]?)(i?b?)");
    private static final String LETTERS = "kmgtp";
    /** The maximum size of a file to be written: its last block may be rounded up. */
    public static final long MAX_FILE = Long.MAX_VALUE - (1L << 30);

    private static final BigDecimal MAX = BigDecimal.valueOf(Long.MAX_VALUE);

    @Override
    public Long convert(String text) {
        return parse(text);
    }

    /** Parses a size. A letter alone or with i means powers of 1024, with B alone powers of 1000, as in GNU's tools. */
    static long parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()
                || (matcher.group(2).isEmpty() && matcher.group(3).startsWith("i"))) {
            throw new TypeConversionException(
                    "'" + text + "' is not a size; sizes look like 512, 4k, 1m, 1.5g or 10MB");
        }
        int power = matcher.group(2).isEmpty() ? 0 : LETTERS.indexOf(matcher.group(2)) + 1;
        long unit = matcher.group(3).equals("b") ? 1000 : 1024;
        BigDecimal bytes = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit).pow(power));
        if (bytes.compareTo(MAX) > 0) {
            throw new TypeConversionException("'" + text + "' is too large; files end at 8 EiB");
        }
        return bytes.setScale(0, RoundingMode.DOWN).longValueExact();
    }
}
