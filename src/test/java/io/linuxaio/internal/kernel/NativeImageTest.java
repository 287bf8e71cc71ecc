package io.linuxaio.internal.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The metadata for native images, which names every downcall of the library. */
class NativeImageTest {
    private static final Path METADATA =
            Path.of("src/main/resources/META-INF/native-image/io.linuxaio/linux-aio/reachability-metadata.json");

    @Test
    void theMetadataContainsTheDowncallsThatTheLibraryLinks() throws IOException {
        assertThat(Files.readString(METADATA)).isEqualTo(metadata());
    }

    @Test
    void everyDowncallIsLinkedAtOnePlace() {
        JavaClasses library = new ClassFileImporter().importPath(Path.of("target/classes"));
        DescribedPredicate<JavaAccess<?>> linking = DescribedPredicate.describe(
                "of a method that links",
                access -> access.getTargetOwner().isEquivalentTo(Linker.class)
                        && (access.getName().equals("downcallHandle")
                                || access.getName().equals("upcallStub")));
        // The handles of the generated bindings, which are linked when these classes are initialized.
        DescribedPredicate<JavaAccess<?>> generated = DescribedPredicate.describe(
                "of a generated function",
                access -> access.getTargetOwner().getName().startsWith("io.linuxaio.internal.abi.")
                        && access.getName().matches("io_\\w+(\\$\\w+)?|HANDLE|<init>"));

        noClasses()
                .that()
                .resideOutsideOfPackage("io.linuxaio.internal.abi")
                .and()
                .doNotHaveFullyQualifiedName(DowncallShape.class.getName())
                .should()
                .accessTargetWhere(linking)
                .orShould()
                .accessTargetWhere(generated)
                .check(library);
    }

    private static String metadata() {
        return Arrays.stream(DowncallShape.values())
                .map(NativeImageTest::downcall)
                .collect(Collectors.joining(",\n", "{\n  \"foreign\": {\n    \"downcalls\": [\n", "\n    ]\n  }\n}\n"));
    }

    private static String downcall(DowncallShape shape) {
        FunctionDescriptor descriptor = shape.descriptor();
        String arguments =
                descriptor.argumentLayouts().stream().map(NativeImageTest::name).collect(Collectors.joining(", "));
        String options = shape.isSyscall()
                ? ",\n        \"options\": {\"firstVariadicArg\": 1, \"captureCallState\": true}"
                : "";
        return "      {\n        \"returnType\": "
                + name(descriptor.returnLayout().orElseThrow()) + ",\n        \"parameterTypes\": [" + arguments + "]"
                + options + "\n      }";
    }

    private static String name(MemoryLayout layout) {
        if (layout.equals(ValueLayout.JAVA_LONG)) {
            return "\"jlong\"";
        }
        assertThat(layout).isEqualTo(ValueLayout.JAVA_INT);
        return "\"jint\"";
    }
}
