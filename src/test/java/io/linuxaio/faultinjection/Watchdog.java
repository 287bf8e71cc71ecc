package io.linuxaio.faultinjection;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A watchdog that prints all stacks and exits the JVM if a program does not end in time. */
final class Watchdog {
    private static final int HUNG = 99;

    private Watchdog() {}

    static void start(Duration limit) {
        CountDownLatch never = new CountDownLatch(1);
        Thread.ofPlatform().daemon().name("watchdog").start(() -> {
            try {
                if (!never.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                    System.out.println("hung after " + limit);
                    Thread.getAllStackTraces().forEach(Watchdog::print);
                    System.out.flush();
                    Runtime.getRuntime().halt(HUNG);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void print(Thread thread, StackTraceElement[] stack) {
        System.out.println(thread);
        for (StackTraceElement frame : stack) {
            System.out.println("    at " + frame);
        }
    }
}
