package io.linuxaio.internal.abi;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.linuxaio.internal.link.LibaioLookup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The functions and structures of the generated bindings, compared with libaio.h and the kernel's binary interface. */
class BindingsTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final Class<MemorySegment> POINTER = MemorySegment.class;

    static Stream<Arguments> functions() {
        return Stream.of(
                // int io_setup(int maxevents, io_context_t *ctxp)
                arguments("io_setup", MethodType.methodType(int.class, int.class, POINTER)),
                // int io_destroy(io_context_t ctx)
                arguments("io_destroy", MethodType.methodType(int.class, POINTER)),
                // int io_submit(io_context_t ctx, long nr, struct iocb *ios[])
                arguments("io_submit", MethodType.methodType(int.class, POINTER, long.class, POINTER)),
                // int io_cancel(io_context_t ctx, struct iocb *iocb, struct io_event *evt)
                arguments("io_cancel", MethodType.methodType(int.class, POINTER, POINTER, POINTER)),
                // int io_getevents(io_context_t ctx, long min_nr, long nr, struct io_event *, struct timespec *)
                arguments(
                        "io_getevents",
                        MethodType.methodType(int.class, POINTER, long.class, long.class, POINTER, POINTER)),
                // the same with a sigset_t * at the end
                arguments(
                        "io_pgetevents",
                        MethodType.methodType(int.class, POINTER, long.class, long.class, POINTER, POINTER, POINTER)));
    }

    /** Reads fields by reflection: the accessors of a function look its symbol up, and libaio may be missing. */
    @ParameterizedTest
    @MethodSource("functions")
    void functionsHaveTheSignaturesOfLibaio(String name, MethodType type) {
        List<MethodType> declared = Arrays.stream(Abi.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name))
                .map(method -> MethodType.methodType(method.getReturnType(), method.getParameterTypes()))
                .toList();

        assertThat(declared).containsExactly(type);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void descriptorsAgreeWithTheInstalledLibaio(String name, MethodType type) throws Exception {
        assumeTrue(LibaioLookup.library().isPresent(), "libaio is not installed");

        var descriptor =
                (FunctionDescriptor) Abi.class.getMethod(name + "$descriptor").invoke(null);

        assertThat(descriptor.toMethodType()).isEqualTo(type);
    }

    @Test
    void thereAreNoOtherFunctions() {
        Stream<String> described = Arrays.stream(Abi.class.getDeclaredMethods())
                .filter(method -> method.getReturnType() == FunctionDescriptor.class)
                .map(Method::getName);

        assertThat(described)
                .containsExactlyInAnyOrder(functions()
                        .map(arguments -> arguments.get()[0] + "$descriptor")
                        .toArray(String[]::new));
    }

    /** Reads the source: the result of a lookup depends on the installed library. */
    @Test
    void symbolsAreLookedUpOnlyByOurLookupClass() throws IOException {
        String source = Files.readString(Path.of("src/generated/java/io/linuxaio/internal/abi/Abi.java"));

        assertThat(source)
                .containsOnlyOnce("SYMBOL_LOOKUP = io.linuxaio.internal.link.LibaioLookup.symbols();")
                .doesNotContain("loaderLookup", "defaultLookup", "libraryLookup", "System.load");
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                arguments(iocb.layout(), 64, """
                        aio_data 0 8
                        aio_key 8 4
                        aio_rw_flags 12 4
                        aio_lio_opcode 16 2
                        aio_reqprio 18 2
                        aio_fildes 20 4
                        aio_buf 24 8
                        aio_nbytes 32 8
                        aio_offset 40 8
                        aio_reserved2 48 8
                        aio_flags 56 4
                        aio_resfd 60 4
                        """),
                arguments(io_event.layout(), 32, """
                        data 0 8
                        obj 8 8
                        res 16 8
                        res2 24 8
                        """),
                arguments(iovec.layout(), 16, """
                        iov_base 0 8
                        iov_len 8 8
                        """),
                arguments(timespec.layout(), 16, """
                        tv_sec 0 8
                        tv_nsec 8 8
                        """),
                arguments(statx_timestamp.layout(), 16, """
                        tv_sec 0 8
                        tv_nsec 8 4
                        __reserved 12 4
                        """));
    }

    @ParameterizedTest
    @MethodSource("structures")
    void structuresHaveTheLayoutOfTheKernel(StructLayout layout, int size, String fields) {
        assertThat(layout.byteSize()).as("size").isEqualTo(size);
        assertThat(fieldsOf(layout)).containsExactlyElementsOf(fields.lines().toList());
    }

    /** Later kernels put fields into the spare ones of struct statx: only the used fields are checked. */
    @Test
    void statxHasTheLayoutOfTheKernel() {
        StructLayout layout = (StructLayout) statx.layout();

        assertThat(layout.byteSize()).as("size").isEqualTo(256);
        assertThat(fieldsOf(layout)).containsSubsequence("""
                        stx_mask 0 4
                        stx_blksize 4 4
                        stx_attributes 8 8
                        stx_nlink 16 4
                        stx_uid 20 4
                        stx_gid 24 4
                        stx_mode 28 2
                        stx_ino 32 8
                        stx_size 40 8
                        stx_blocks 48 8
                        stx_attributes_mask 56 8
                        stx_atime 64 16
                        stx_btime 80 16
                        stx_ctime 96 16
                        stx_mtime 112 16
                        stx_rdev_major 128 4
                        stx_rdev_minor 132 4
                        stx_dev_major 136 4
                        stx_dev_minor 140 4
                        stx_mnt_id 144 8
                        stx_dio_mem_align 152 4
                        stx_dio_offset_align 156 4
                        """.lines().toArray(String[]::new));
    }

    private static List<String> fieldsOf(StructLayout layout) {
        return layout.memberLayouts().stream()
                .filter(member -> !(member instanceof PaddingLayout))
                .map(member -> member.name().orElseThrow())
                .map(name -> name + " " + layout.byteOffset(groupElement(name)) + " "
                        + layout.select(groupElement(name)).byteSize())
                .toList();
    }

    @Test
    void settersOfAnIocbUseTheOffsetsOfTheKernel() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = iocb.allocate(arena);
            iocb.aio_data(request, 0x0102030405060708L);
            iocb.aio_key(request, 0x11121314);
            iocb.aio_rw_flags(request, 0x21222324);
            iocb.aio_lio_opcode(request, (short) 0x3132);
            iocb.aio_reqprio(request, (short) 0x4142);
            iocb.aio_fildes(request, 0x51525354);
            iocb.aio_buf(request, 0x6162636465666768L);
            iocb.aio_nbytes(request, 0x7172737475767778L);
            iocb.aio_offset(request, 0x0A0B0C0D0E0F1011L);
            iocb.aio_flags(request, 0x1A1B1C1D);
            iocb.aio_resfd(request, 0x2A2B2C2D);

            assertThat(request.get(LONG, 0)).isEqualTo(0x0102030405060708L);
            assertThat(request.get(INT, 8)).isEqualTo(0x11121314);
            assertThat(request.get(INT, 12)).isEqualTo(0x21222324);
            assertThat(request.get(ValueLayout.JAVA_SHORT, 16)).isEqualTo((short) 0x3132);
            assertThat(request.get(ValueLayout.JAVA_SHORT, 18)).isEqualTo((short) 0x4142);
            assertThat(request.get(INT, 20)).isEqualTo(0x51525354);
            assertThat(request.get(LONG, 24)).isEqualTo(0x6162636465666768L);
            assertThat(request.get(LONG, 32)).isEqualTo(0x7172737475767778L);
            assertThat(request.get(LONG, 40)).isEqualTo(0x0A0B0C0D0E0F1011L);
            assertThat(request.get(LONG, 48)).as("reserved").isZero();
            assertThat(request.get(INT, 56)).isEqualTo(0x1A1B1C1D);
            assertThat(request.get(INT, 60)).isEqualTo(0x2A2B2C2D);
        }
    }

    @Test
    void gettersOfAnEventUseTheOffsetsOfTheKernel() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = io_event.allocateArray(2, arena);
            events.set(LONG, 32, 7);
            events.set(LONG, 40, 8);
            events.set(LONG, 48, -5);
            events.set(LONG, 56, 9);

            MemorySegment second = io_event.asSlice(events, 1);

            assertThat(io_event.data(second)).isEqualTo(7);
            assertThat(io_event.obj(second)).isEqualTo(8);
            assertThat(io_event.res(second)).isEqualTo(-5);
            assertThat(io_event.res2(second)).isEqualTo(9);
        }
    }

    @Test
    void everyGeneratedStructureIsChecked() throws IOException {
        Stream<String> tested = Stream.concat(
                        structures().map(arguments -> (MemoryLayout) arguments.get()[0]), Stream.of(statx.layout()))
                .map(layout -> layout.name().orElseThrow() + ".java");

        try (Stream<Path> generated = Files.list(Path.of("src/generated/java/io/linuxaio/internal/abi"))) {
            assertThat(generated.map(file -> file.getFileName().toString()).filter(name -> !name.startsWith("Abi")))
                    .containsExactlyInAnyOrder(tested.toArray(String[]::new));
        }
    }
}
