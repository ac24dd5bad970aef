import React, { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { connect } from "react-redux";
import { BehaviorSubject, Observable } from "rxjs";
import { debounceTime, distinctUntilChanged, map } from "rxjs/operators";
import type { Dispatch } from "redux";

import { api } from "../services/api";
import styles from "./TodoApp.module.css";

export type Filter = "all" | "active" | "completed";

export interface Todo {
    readonly id: number;
    title: string;
    completed: boolean;
    dueDate?: Date;
    tags: string[];
}

interface Props {
    initial?: Todo[];
    onSave: (todos: Todo[]) => Promise<void>;
    className?: string;
}

export enum Priority {
    Low = "LOW",
    Normal = "NORMAL",
    High = "HIGH",
}

type Action =
    | { type: "ADD"; payload: Omit<Todo, "id"> }
    | { type: "TOGGLE"; id: number }
    | { type: "CLEAR" };

let nextId = 1;

export function reducer(state: Todo[] = [], action: Action): Todo[] {
    switch (action.type) {
        case "ADD":
            return [...state, { ...action.payload, id: nextId++ }];
        case "TOGGLE":
            return state.map((t) => (t.id === action.id ? { ...t, completed: !t.completed } : t));
        case "CLEAR":
            return state.filter((t) => !t.completed);
        default:
            return state;
    }
}

const matches = (filter: Filter) => (todo: Todo): boolean =>
    filter === "all" || (filter === "completed") === todo.completed;

export const TodoApp: React.FC<Props> = ({ initial = [], onSave, className }) => {
    const [todos, setTodos] = useState<Todo[]>(initial);
    const [filter, setFilter] = useState<Filter>("all");
    const [error, setError] = useState<string | null>(null);
    const inputRef = useRef<HTMLInputElement>(null);

    const visible = useMemo(() => todos.filter(matches(filter)), [todos, filter]);

    useEffect(() => {
        let cancelled = false;
        (async () => {
            try {
                const data = await api.get<Todo[]>("/todos");
                if (!cancelled) setTodos(data);
            } catch (e: unknown) {
                setError(e instanceof Error ? e.message : String(e));
            }
        })();
        return () => {
            cancelled = true;
        };
    }, []);

    const handleSubmit = useCallback(
        (event: React.FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            const title = inputRef.current?.value.trim() ?? "";
            if (title === "") return;
            setTodos((prev) => reducer(prev, { type: "ADD", payload: { title, completed: false, tags: [] } }));
            inputRef.current!.value = "";
        },
        [],
    );

    return (
        <div className={[styles.app, className].join(" ")}>
            <h1>Things to do</h1>
            {error && <p className="error">{error}</p>}
            <form onSubmit={handleSubmit}>
                <input ref={inputRef} type="text" placeholder="What needs to be done?" autoFocus />
                <button type="submit" disabled={todos.length > 100}>Add</button>
            </form>
            <ul>
                {visible.map((todo) => (
                    <li key={todo.id} style={{ opacity: todo.completed ? 0.5 : 1 }}>
                        <label>
                            <input
                                type="checkbox"
                                checked={todo.completed}
                                onChange={() => setTodos((s) => reducer(s, { type: "TOGGLE", id: todo.id }))}
                            />
                            {todo.title}
                        </label>
                    </li>
                ))}
            </ul>
            <footer>
                {(["all", "active", "completed"] as const).map((f) => (
                    <a key={f} href={`#/${f}`} onClick={() => setFilter(f)}>{f}</a>
                ))}
                <button onClick={() => void onSave(todos)}>Save</button>
            </footer>
        </div>
    );
};

export abstract class Repository<T extends { id: number }> {
    protected readonly items = new Map<number, T>();
    private static instances = 0;
    private readonly subject = new BehaviorSubject<T[]>([]);

    constructor(private readonly baseUrl: string, public name = "default") {
        Repository.instances++;
    }

    public get changes$(): Observable<number> {
        return this.subject.asObservable().pipe(
            debounceTime(200),
            map((list) => list.length),
            distinctUntilChanged(),
        );
    }

    async load<K extends keyof T>(key: K, value: T[K]): Promise<T | undefined> {
        const res = await fetch(`${this.baseUrl}?${String(key)}=${encodeURIComponent(String(value))}`);
        const item = (await res.json()) as T;
        this.items.set(item.id, item);
        this.subject.next(Array.from(this.items.values()));
        return item;
    }

    abstract validate(item: Partial<T>): item is T;
}

export default connect(null, (dispatch: Dispatch) => ({
    clear: () => dispatch({ type: "CLEAR" }),
}))(TodoApp);

declare global {
    interface Window {
        __STATE__: Record<string, unknown>;
    }
}
