/** The API of Apache Artemis for asynchronous file I/O, in place of that of {@code activemq-artemis-native}. */
package org.apache.activemq.artemis.nativo.jlibaio;
