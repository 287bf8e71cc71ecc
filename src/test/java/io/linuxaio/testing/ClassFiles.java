package io.linuxaio.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.BootstrapMethodsAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Searches compiled classes. */
public final class ClassFiles {
    private ClassFiles() {}

    /**
     * Returns the class files below a directory whose strings are joined by code that the JVM generates at the first
     * use. If the heap is full at that moment, the JVM's own class for it cannot be initialized, and stays so: from
     * then on no code of the process that relies on it can make a message.
     */
    public static List<Path> joiningStringsByGeneratedCode(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(ClassFiles::joinsStringsByGeneratedCode)
                    .toList();
        }
    }

    private static boolean joinsStringsByGeneratedCode(Path file) {
        try {
            return ClassFile.of()
                    .parse(file)
                    .findAttribute(Attributes.bootstrapMethods())
                    .map(BootstrapMethodsAttribute::bootstrapMethods)
                    .orElse(List.of())
                    .stream()
                    .map(entry -> entry.bootstrapMethod().reference().owner().asInternalName())
                    .anyMatch("java/lang/invoke/StringConcatFactory"::equals);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
