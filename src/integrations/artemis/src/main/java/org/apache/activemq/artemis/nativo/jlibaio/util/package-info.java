/** A helper of users of that API. */
package org.apache.activemq.artemis.nativo.jlibaio.util;
