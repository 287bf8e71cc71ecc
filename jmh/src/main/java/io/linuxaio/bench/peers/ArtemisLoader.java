package io.linuxaio.bench.peers;

import io.linuxaio.bench.Session;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A class loader for Artemis' binding with the native library from its jar. The binding calls {@code
 * System.loadLibrary}, and expects users to unpack the library and to set {@code java.library.path}. The loader also
 * defines the classes of this package, so that they use the same binding.
 */
final class ArtemisLoader extends ClassLoader {
    private static final String LIBRARY = "artemis-native-64";
    private static final String IN_JAR = "lib/linux-x86_64/libartemis-native-64.so";
    private static final String BINDING = "org.apache.activemq.artemis.nativo.";
    private static final String THIS_PACKAGE = ArtemisLoader.class.getPackageName() + ".";

    // A native library belongs to one loader: all sessions of a process share it.
    private static final ArtemisLoader LOADER = new ArtemisLoader();

    private ArtemisLoader() {
        super(ArtemisLoader.class.getClassLoader());
    }

    /** Opens a session of this class, which has a constructor that takes this object. */
    static Session open(String simpleName, Record argument) throws Exception {
        if (LOADER.getResource(IN_JAR) == null) {
            throw new UnsupportedOperationException("activemq-artemis-native is not on the class path");
        }
        if (!System.getProperty("os.arch").equals("amd64")) {
            throw new UnsupportedOperationException("activemq-artemis-native is published for x86 alone");
        }
        var constructor = LOADER.loadClass(THIS_PACKAGE + simpleName).getDeclaredConstructor(argument.getClass());
        constructor.setAccessible(true);
        try {
            return (Session) constructor.newInstance(argument);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            } else if (e.getCause() instanceof LinkageError cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(BINDING) && !name.startsWith(THIS_PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    @Override
    protected String findLibrary(String name) {
        if (!name.equals(LIBRARY)) {
            return null;
        }
        try (InputStream in = getResourceAsStream(IN_JAR)) {
            Path file = Files.createTempFile("lib" + LIBRARY, ".so");
            file.toFile().deleteOnExit();
            Files.write(file, in.readAllBytes());
            return file.toString();
        } catch (IOException e) {
            throw new IllegalStateException("the native library of activemq-artemis-native cannot be unpacked", e);
        }
    }
}
