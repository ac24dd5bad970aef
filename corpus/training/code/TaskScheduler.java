/*
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 */
package org.example.tasks;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * Runs tasks in order of priority, respecting their dependencies.
 *
 * @author S. Moreau
 * @version 1.2
 * @since 1.0
 * @see Task
 */
public class TaskScheduler implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(TaskScheduler.class.getName());
    private static final int DEFAULT_THREADS = Runtime.getRuntime().availableProcessors();

    private final Map<String, Task> tasks = new ConcurrentHashMap<>();
    private final List<Listener> listeners = new ArrayList<Listener>();
    private final ExecutorService executor;
    private final AtomicInteger completed = new AtomicInteger(0);
    private volatile boolean running = false;

    /** The state of a task. */
    public enum Status {
        PENDING("waiting"), RUNNING("running"), DONE("finished"), FAILED("failed");

        private final String label;

        Status(String label) {
            this.label = label;
        }

        public String getLabel() {
            return label;
        }
    }

    public interface Listener {
        void statusChanged(Task task, Status oldStatus);
    }

    /** A unit of work. */
    public static abstract class Task implements Runnable, Comparable<Task>, Serializable {
        private static final long serialVersionUID = 1L;

        private final String name;
        private int priority;
        private Status status = Status.PENDING;
        protected String[] dependsOn = {};

        public Task(String name, int priority) {
            if (name == null || name.isEmpty()) {
                throw new IllegalArgumentException("name must not be empty");
            }
            this.name = name;
            this.priority = priority;
        }

        public String getName() {
            return name;
        }

        public int getPriority() {
            return priority;
        }

        public void setPriority(int priority) {
            this.priority = priority;
        }

        public synchronized Status getStatus() {
            return status;
        }

        @Override
        public int compareTo(Task other) {
            return Integer.compare(other.priority, priority);
        }

        @Override
        public boolean equals(Object o) {
            if (this == o) return true;
            if (!(o instanceof Task)) return false;
            return name.equals(((Task) o).name);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name);
        }

        @Override
        public String toString() {
            return String.format("%s[name=%s, priority=%d]", getClass().getSimpleName(), name, priority);
        }
    }

    public TaskScheduler() {
        this(DEFAULT_THREADS);
    }

    public TaskScheduler(int threads) {
        this.executor = Executors.newFixedThreadPool(threads);
    }

    /**
     * Adds a task.
     *
     * @param task the task to add, not null
     * @return {@code true} if no task of that name existed before
     * @throws IllegalStateException if the scheduler is already running
     */
    public boolean add(Task task) {
        if (running) {
            throw new IllegalStateException("Scheduler is running");
        }
        return tasks.putIfAbsent(task.getName(), task) == null;
    }

    public void addListener(Listener l) {
        synchronized (listeners) {
            listeners.add(l);
        }
    }

    private void fire(Task task, Status old) {
        for (Iterator<Listener> it = listeners.iterator(); it.hasNext(); ) {
            it.next().statusChanged(task, old);
        }
    }

    private boolean isReady(Task task) {
        return Arrays.stream(task.dependsOn)
                .map(tasks::get)
                .filter(Objects::nonNull)
                .allMatch(t -> t.getStatus() == Status.DONE);
    }

    public void runAll() throws InterruptedException {
        running = true;
        List<Task> queue = new ArrayList<>(tasks.values());
        Collections.sort(queue);
        while (!queue.isEmpty()) {
            List<Task> ready = queue.stream().filter(this::isReady).collect(Collectors.toList());
            if (ready.isEmpty()) {
                LOGGER.log(Level.SEVERE, "Circular dependency among {0}", queue);
                break;
            }
            for (final Task t : ready) {
                executor.submit(() -> {
                    try {
                        t.run();
                        completed.incrementAndGet();
                    } catch (RuntimeException e) {
                        LOGGER.log(Level.WARNING, "Task " + t.getName() + " failed", e);
                    } finally {
                        fire(t, Status.RUNNING);
                    }
                });
            }
            queue.removeAll(ready);
        }
        executor.shutdown();
        executor.awaitTermination(1, TimeUnit.MINUTES);
    }

    /** Reads "key=value" lines. Lines starting with # are ignored. */
    static Map<String, Integer> readPriorities(File file) throws IOException {
        Map<String, Integer> result = new HashMap<String, Integer>();
        BufferedReader reader = null;
        try {
            reader = new BufferedReader(new InputStreamReader(new FileInputStream(file), StandardCharsets.UTF_8));
            String line;
            while ((line = reader.readLine()) != null) {
                line = line.trim();
                if (line.length() == 0 || line.startsWith("#")) {
                    continue;
                }
                int eq = line.indexOf('=');
                result.put(line.substring(0, eq), Integer.parseInt(line.substring(eq + 1)));
            }
        } catch (NumberFormatException nfe) {
            throw new IOException("Bad number in " + file.getAbsolutePath(), nfe);
        } finally {
            if (reader != null) {
                reader.close();
            }
        }
        return result;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    public static void main(String[] args) throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(2)) {
            for (int i = 0; i < 10; i++) {
                final int n = i;
                scheduler.add(new Task("task" + n, n % 3) {
                    @Override
                    public void run() {
                        System.out.println("Running " + getName());
                    }
                });
            }
            scheduler.runAll();
            System.out.printf("%d tasks completed%n", scheduler.completed.get());
        }
        StringBuilder sb = new StringBuilder();
        for (String arg : args) {
            sb.append(arg).append(' ');
        }
        System.err.println(sb.toString().toUpperCase());
    }
}
