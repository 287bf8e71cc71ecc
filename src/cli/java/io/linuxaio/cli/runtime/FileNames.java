package io.linuxaio.cli.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The file names on the command line, which are bytes and not text.
 *
 * <p>A name is represented by the string that UTF-8 decodes it to. A byte that is not UTF-8 becomes a low surrogate, from
 * U+DC80 to U+DCFF. The mapping is reversible in any locale. A {@link Path} accepts any bytes if it is made of a URI.
 */
public final class FileNames implements ITypeConverter<Path> {
    private static final int ESCAPE = 0xDC00;

    /** The names of the paths whose string differs from their name. */
    private final Map<Path, String> names = new LinkedHashMap<>();

    /** Decodes the bytes of a name. */
    static String decode(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isMalformed()) {
            for (int i = result.length(); i > 0; i--) {
                out.put((char) (ESCAPE | in.get() & 0xFF));
            }
            decoder.reset();
            result = decoder.decode(in, out, true);
        }
        return out.flip().toString();
    }

    /** Returns the bytes of a name. */
    public static byte[] encode(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length());
        int start = 0;
        for (int i = 0; i < name.length(); i++) {
            if (isEscape(name, i)) {
                bytes.writeBytes(name.substring(start, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(name.charAt(i));
                start = i + 1;
            }
        }
        bytes.writeBytes(name.substring(start).getBytes(StandardCharsets.UTF_8));
        return bytes.toByteArray();
    }

    private static boolean isEscape(String name, int index) {
        char c = name.charAt(index);
        return c >= ESCAPE + 0x80
                && c <= ESCAPE + 0xFF
                && (index == 0 || !Character.isHighSurrogate(name.charAt(index - 1)));
    }

    @Override
    public Path convert(String name) {
        if (name.isEmpty()) {
            throw new TypeConversionException("the name of a file is missing: it is empty");
        }
        boolean ascii = name.chars().allMatch(c -> c < 0x80);
        boolean below = !name.startsWith("/") && isWorkingDirectoryInDoubt();
        Path path = ascii && !below ? Path.of(name) : ofBytes(encode(name), below);
        if (!path.toString().equals(name)) {
            names.put(path, name);
        }
        return path;
    }

    /** Returns {@code true} if the working directory may not be decoded: the JDK resolves relative paths by a property. */
    private static boolean isWorkingDirectoryInDoubt() {
        String directory = System.getProperty("user.dir", "");
        return directory.indexOf('\uFFFD') >= 0 || directory.indexOf('?') >= 0;
    }

    private static Path ofBytes(byte[] name, boolean resolve) {
        StringBuilder uri = new StringBuilder("file:///");
        for (byte b : name) {
            if (b != '/') {
                uri.append(String.format(Locale.ROOT, "%%%02X", b));
            } else if (uri.charAt(uri.length() - 1) != '/') {
                uri.append('/');
            }
        }
        Path path = Path.of(URI.create(uri.toString()));
        if (name[0] == '/') {
            return path;
        }
        Path relative = path.subpath(0, path.getNameCount());
        if (!resolve) {
            return relative;
        }
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/cwd")).resolve(relative);
        } catch (IOException e) {
            throw new TypeConversionException("the working directory is unknown: " + e.getMessage());
        }
    }

    /** Returns the path of the file in a directory that has the last name of another path. */
    public Path child(Path directory, Path file) {
        Path last = file.getFileName();
        if (last == null) {
            return directory;
        }
        Path child = directory.resolve(last);
        String parent = name(directory);
        String typed = name(file).replaceFirst("/+$", "");
        String name = parent + (parent.endsWith("/") ? "" : "/") + typed.substring(typed.lastIndexOf('/') + 1);
        if (!child.toString().equals(name)) {
            names.put(child, name);
        }
        return child;
    }

    /** Returns the name as it was typed. */
    public String name(Path path) {
        return names.getOrDefault(path, path.toString());
    }

    /** Rejects a name that ends in a slash, as of a directory, and denotes none. */
    public void checkFile(Path path) throws FileSystemException {
        String name = name(path);
        if ((name.endsWith("/") || name.endsWith("/.")) && !Files.isDirectory(path)) {
            throw new FileSystemException(name, null, "the name ends in a slash, and there is no such directory");
        }
    }

    /** Makes a line printable: replaces paths by their names as typed, and escapes control characters. */
    public String printable(String line, Charset charset) {
        String named = line;
        for (Map.Entry<Path, String> entry : names.entrySet()) {
            if (isUnambiguous(entry.getKey())) {
                named = named.replace(entry.getKey().toString(), entry.getValue());
            }
        }
        return escape(named, charset);
    }

    /** Returns {@code true} if the string of a path is replaceable by its name: no other path has the same string. */
    private boolean isUnambiguous(Path path) {
        String text = path.toString();
        return !text.isEmpty()
                && (text.indexOf('\uFFFD') >= 0 || text.indexOf('?') >= 0)
                && names.keySet().stream()
                                .filter(other -> other.toString().equals(text))
                                .count()
                        == 1;
    }

    /** Replaces characters that are not printable, or not in the charset, by their bytes: \xe9. */
    public static String escape(String line, Charset charset) {
        if (line.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            return line;
        }
        CharsetEncoder encoder = charset.newEncoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        StringBuilder escaped = new StringBuilder(line.length() + 16);
        for (int i = 0; i < line.length(); i += Character.charCount(line.codePointAt(i))) {
            int c = line.codePointAt(i);
            String one = Character.toString(c);
            if (isPrintable(c) && encoder.canEncode(one)) {
                escaped.append(one);
            } else {
                switch (c) {
                    case '\n' -> escaped.append("\\n");
                    case '\r' -> escaped.append("\\r");
                    case '\t' -> escaped.append("\\t");
                    default -> {
                        for (byte b : encode(one)) {
                            escaped.append(String.format(Locale.ROOT, "\\x%02x", b));
                        }
                    }
                }
            }
        }
        return escaped.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
