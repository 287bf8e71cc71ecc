package io.linuxaio;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The dependencies between the packages: cli → files → io.linuxaio → internal.engine.reap → internal.engine →
 * internal.kernel → generated bindings; and files, io.linuxaio → internal.memory → internal.engine.
 */
class ArchitectureRulesTest {
    private static final String API = "io.linuxaio";
    private static final String FILES = "io.linuxaio.files";
    private static final String ACCESS = "io.linuxaio.internal.access";
    private static final String REAP = "io.linuxaio.internal.engine.reap";
    private static final String ENGINE_ALONE = "io.linuxaio.internal.engine";
    private static final String MEMORY = "io.linuxaio.internal.memory";
    private static final String CLI = "io.linuxaio.cli..";
    private static final String INTERNAL = "io.linuxaio.internal..";
    private static final String ENGINE = "io.linuxaio.internal.engine..";
    private static final String KERNEL = "io.linuxaio.internal.kernel..";
    private static final String ABI = "io.linuxaio.internal.abi..";
    private static final String LINK = "io.linuxaio.internal.link..";
    private static final String OURS = "io.linuxaio..";
    private static final String JAVA = "java..";
    private static final String JFR = "jdk.jfr..";
    private static final String JMX = "javax.management..";

    private static final int MAX_LINES = 600;

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPaths(Path.of("target/classes"), Path.of("target/cli-classes"));

    @Test
    void findsTheClassesOfTheLibraryAndTheCommand() {
        assertThat(CLASSES.contain(AioBackend.class)).isTrue();
        assertThat(CLASSES.contain("io.linuxaio.cli.Aio")).isTrue();
    }

    @Test
    void theCommandUsesOnlyThePublicApi() {
        check(classes()
                .that()
                .resideInAPackage(CLI)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(API, FILES, CLI))));
    }

    @Test
    void theCoreDependsOnNeitherFilesNorTheCommand() {
        check(classes()
                .that()
                .resideInAPackage(API)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(API, ACCESS, MEMORY, ENGINE, KERNEL))));
    }

    @Test
    void wholeFilesUseTheCoreButNotItsReaping() {
        check(classes()
                .that()
                .resideInAPackage(FILES)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(FILES, API, ACCESS, MEMORY, ENGINE_ALONE, KERNEL))));
    }

    @Test
    void theAccessToTheCoreIsAnInterface() {
        check(classes()
                .that()
                .resideInAPackage(ACCESS)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(ACCESS, API, KERNEL))));
    }

    @Test
    void theMemoryOfPoolsUsesOnlyReferenceCounts() {
        check(classes()
                .that()
                .resideInAPackage(MEMORY)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(MEMORY, ENGINE_ALONE))));
    }

    @Test
    void reapingUsesTheEngineAndNotViceVersa() {
        check(classes()
                .that()
                .resideInAPackage(ENGINE_ALONE)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(ENGINE_ALONE, KERNEL, ABI))));
    }

    @Test
    void theEngineUsesTheKernelSeamAndTheLayoutsOfItsStructs() {
        check(classes()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(ENGINE, KERNEL, ABI))));
    }

    @Test
    void theKernelSeamUsesOnlyTheBindings() {
        check(classes()
                .that()
                .resideInAPackage(KERNEL)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(KERNEL, ABI, LINK))));
    }

    @Test
    void theBindingsUseOnlyTheLibraryLookup() {
        check(classes()
                .that()
                .resideInAPackage(ABI)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(ABI, LINK))));
    }

    @Test
    void theLibraryLookupUsesNoOtherPackage() {
        check(classes()
                .that()
                .resideInAPackage(LINK)
                .should()
                .onlyDependOnClassesThat(outside(OURS).or(anyOf(LINK))));
    }

    @Test
    void eachInternalClassIsInAKnownLayer() {
        check(classes()
                .that()
                .resideInAPackage(INTERNAL)
                .should()
                .resideInAnyPackage(ACCESS, MEMORY, ENGINE, KERNEL, ABI, LINK));
    }

    @Test
    void thereIsNoCycleBetweenPackages() {
        slices().matching("io.linuxaio.(**)")
                .should()
                .beFreeOfCycles()
                // An implementation that the core registers: the one way back, as in jdk.internal.access.
                .ignoreDependency(resideInAPackage(ACCESS), resideInAPackage(API))
                .check(CLASSES);
    }

    @Test
    void theLibraryUsesOnlyTheJavaPlatform() {
        check(classes()
                .that()
                .resideOutsideOfPackage(CLI)
                .should()
                .onlyDependOnClassesThat(anyOf(OURS, JAVA, JFR, JMX)));
    }

    @Test
    void onlyTheEngineTakesAddressesOfIocbs() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(ENGINE, KERNEL)
                .should()
                .callMethodWhere(submitsToTheKernel()));
    }

    private static DescribedPredicate<JavaMethodCall> submitsToTheKernel() {
        return describe(
                "passes pointers to io_submit",
                call -> call.getTargetOwner().isAssignableTo(Kernel.class)
                        && call.getName().equals("submit"));
    }

    /** Each such call is to be repeated if there is no memory for it. */
    @Test
    void descriptorsAndContextsAreGivenBackAtOnePlace() {
        DescribedPredicate<JavaMethodCall> givesBack = describe(
                "gives something back to the kernel",
                call -> call.getTargetOwner().isAssignableTo(Kernel.class)
                        && List.of("close", "destroy").contains(call.getName()));
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ReleaseCalls.class.getName())
                .should()
                .callMethodWhere(givesBack));
    }

    @Test
    void onlyTheApiCreatesItsException() {
        DescribedPredicate<JavaConstructorCall> makesAioException = describe(
                "makes an AioException", call -> call.getTargetOwner().isAssignableTo("io.linuxaio.AioException"));
        check(noClasses().that().resideOutsideOfPackage(API).should().callConstructorWhere(makesAioException));
    }

    @Test
    void noSourceFileIsTooLong() throws IOException {
        List<String> tooLong = new ArrayList<>();
        for (Path file : javaSources()) {
            long lines = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.matches("(//|/?\\*).*"))
                    .count();
            if (lines > MAX_LINES) {
                tooLong.add(file + ": " + lines + " lines of code");
            }
        }

        assertThat(tooLong).isEmpty();
    }

    @Test
    void testsOnTheRealKernelAreTagged() throws IOException {
        // By their names: importing the code of all tests takes longer than the other rules together.
        Path root = Path.of("target/test-classes");
        List<Class<?>> kernelTests = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith("IT.class")).toList()) {
                kernelTests.add(load(root.relativize(file).toString()));
            }
        }

        assertThat(kernelTests).as("*IT").hasSizeGreaterThan(100);
        assertThat(kernelTests)
                .as("*IT without @OnRealKernel")
                .allMatch(type -> type.isAnnotationPresent(OnRealKernel.class));
    }

    private static Class<?> load(String file) {
        String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
        try {
            return Class.forName(name, false, ArchitectureRulesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(ArchRule rule) {
        rule.check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> outside(String packages) {
        return DescribedPredicate.not(resideInAPackage(packages));
    }

    private static DescribedPredicate<JavaClass> anyOf(String... packages) {
        return JavaClass.Predicates.resideInAnyPackage(packages);
    }

    private static List<Path> javaSources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.startsWith(Path.of("src/generated")))
                    .toList();
        }
    }
}
