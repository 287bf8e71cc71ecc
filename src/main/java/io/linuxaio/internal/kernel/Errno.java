package io.linuxaio.internal.kernel;
