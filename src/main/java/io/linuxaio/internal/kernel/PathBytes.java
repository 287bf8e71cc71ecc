package io.linuxaio.internal.kernel;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;

/**
 * The bytes of a path, as system calls require them.
 *
 * <p>A path of the JDK holds bytes, but converts them to a string; a name that is not valid in the charset of the
 * locale does not survive the conversion. Its URI preserves every byte, and is used if the string may have lost some.
 */
public final class PathBytes {
    private static final char REPLACEMENT = '\uFFFD';
    private static final Charset NAMES = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

    private PathBytes() {}

    /**
     * Returns the bytes, without a terminating NUL.
     *
     * @throws ProviderMismatchException if the path does not belong to the default filesystem
     */
    public static byte[] of(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException("the kernel knows no file in "
                    + path.getFileSystem().provider().getScheme() + ": " + path
                    + "; pass a path of the default filesystem, such as Path.of(path.toString()) if this one wraps it");
        }
        String name = path.toString();
        if (name.indexOf(REPLACEMENT) < 0) {
            try {
                ByteBuffer encoded = NAMES.newEncoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .encode(CharBuffer.wrap(name));
                byte[] bytes = new byte[encoded.remaining()];
                encoded.get(bytes);
                return bytes;
            } catch (CharacterCodingException notOfThisCharset) {
                return ofUri(path.toUri().getRawPath());
            }
        }
        return ofUri(path.toUri().getRawPath());
    }

    /** Decodes the percent-encoding of a URI. */
    static byte[] ofUri(String rawPath) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(rawPath.length());
        for (int i = 0; i < rawPath.length(); i++) {
            char c = rawPath.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(rawPath, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
