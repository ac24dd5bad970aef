;;;; -*- Mode: Lisp; Syntax: Common-Lisp; Package: CHART-PARSER; Base: 10 -*-
;;;
;;; A small chart parser for context-free grammars, with features.
;;; Written for the natural language course, spring term.

(defpackage :chart-parser
  (:use :common-lisp)
  (:export #:parse #:defgrammar #:print-tree #:*grammar*))

(in-package :chart-parser)

(declaim (optimize (speed 2) (safety 1) (debug 0)))

(defvar *grammar* nil "The rules currently in use, an alist.")
(defvar *lexicon* (make-hash-table :test #'eq))
(defparameter *trace-parser* nil)
(defconstant +max-edges+ 10000)

(defstruct (edge (:conc-name edge-)
                 (:print-function print-edge))
  start end category found to-find)

(defun print-edge (edge stream depth)
  (declare (ignore depth))
  (format stream "#<EDGE ~D-~D ~A -> ~{~A ~}* ~{~A ~}>"
          (edge-start edge)
          (edge-end edge)
          (edge-category edge)
          (mapcar #'first (edge-found edge))
          (edge-to-find edge)))

(defmacro defgrammar (name &body rules)
  "Define NAME as a grammar whose rules have the form (LHS -> RHS...)."
  `(progn
     (defparameter ,name
       ',(loop for (lhs arrow . rhs) in rules
               do (assert (eq arrow '->) (arrow) "Bad rule for ~S" lhs)
               collect (cons lhs rhs)))
     (setf *grammar* ,name)
     ',name))

(defgrammar *toy-english*
  (s    -> np vp)
  (np   -> det nbar)
  (np   -> pronoun)
  (np   -> name)
  (np   -> np pp)
  (nbar -> adj nbar)
  (nbar -> noun)
  (vp   -> verb)
  (vp   -> verb np)
  (vp   -> verb np np)
  (vp   -> vp pp)
  (pp   -> prep np))

(defun define-words (category &rest words)
  (dolist (w words category)
    (pushnew category (gethash w *lexicon*))))

(define-words 'det  'the 'a 'an 'every 'some)
(define-words 'noun 'cat 'dog 'telescope 'park 'man 'woman 'book 'saw)
(define-words 'verb 'saw 'sleeps 'gives 'likes 'reads 'walks)
(define-words 'adj  'big 'old 'red 'happy)
(define-words 'prep 'in 'with 'on 'under 'to)
(define-words 'name 'john 'mary 'kim)
(define-words 'pronoun 'he 'she 'it 'they)

(defun rules-for (category)
  (remove-if-not #'(lambda (rule) (eq (car rule) category)) *grammar*))

(defun complete-p (edge)
  (null (edge-to-find edge)))

(defun extend-edge (active inactive)
  "Move the dot of ACTIVE over INACTIVE."
  (make-edge :start    (edge-start active)
             :end      (edge-end inactive)
             :category (edge-category active)
             :found    (append (edge-found active)
                               (list (edge-tree inactive)))
             :to-find  (rest (edge-to-find active))))

(defun edge-tree (edge)
  (cons (edge-category edge) (edge-found edge)))

(defun same-edge-p (a b)
  (and (= (edge-start a) (edge-start b))
       (= (edge-end a) (edge-end b))
       (eq (edge-category a) (edge-category b))
       (equal (edge-to-find a) (edge-to-find b))
       (equal (edge-found a) (edge-found b))))

(defun parse (words &optional (goal 's))
  "Return all the trees of category GOAL that span WORDS."
  (let* ((n      (length words))
         (chart  (make-array (1+ n) :initial-element '()))
         (agenda '()))
    (labels ((add (edge)
               (unless (member edge (aref chart (edge-end edge))
                               :test #'same-edge-p)
                 (when *trace-parser*
                   (format t "~&adding ~S~%" edge))
                 (push edge (aref chart (edge-end edge)))
                 (push edge agenda)))
             (predict (edge)
               (let ((next (first (edge-to-find edge))))
                 (dolist (rule (rules-for next))
                   (add (make-edge :start (edge-end edge)
                                   :end (edge-end edge)
                                   :category (car rule)
                                   :found nil
                                   :to-find (cdr rule))))))
             (scan (edge)
               (when (< (edge-end edge) n)
                 (let ((word (nth (edge-end edge) words)))
                   (if (member (first (edge-to-find edge))
                               (gethash word *lexicon*))
                       (add (extend-edge
                             edge
                             (make-edge :start (edge-end edge)
                                        :end (1+ (edge-end edge))
                                        :category (first (edge-to-find edge))
                                        :found (list word))))))))
             (complete (edge)
               (loop for other in (aref chart (edge-start edge))
                     when (eq (first (edge-to-find other))
                              (edge-category edge))
                       do (add (extend-edge other edge)))))
      (dolist (rule (rules-for goal))
        (add (make-edge :start 0 :end 0 :category goal
                        :found '() :to-find (cdr rule))))
      (do ((count 0 (1+ count)))
          ((or (endp agenda) (> count +max-edges+)))
        (let ((edge (pop agenda)))
          (cond ((complete-p edge) (complete edge))
                (t (scan edge)
                   (predict edge)))))
      (mapcar #'edge-tree
              (remove-if-not #'(lambda (e)
                                 (and (zerop (edge-start e))
                                      (complete-p e)
                                      (eq (edge-category e) goal)))
                             (aref chart n))))))

(defun print-tree (tree &key (indent 0) (stream *standard-output*))
  (cond ((atom tree)
         (format stream "~&~VT~(~A~)" indent tree))
        ((and (null (cddr tree)) (atom (cadr tree)))
         (format stream "~&~VT(~A ~(~A~))" indent (car tree) (cadr tree)))
        (t
         (format stream "~&~VT(~A" indent (car tree))
         (mapc #'(lambda (child)
                   (print-tree child :indent (+ indent 2) :stream stream))
               (cdr tree))
         (princ ")" stream)))
  (values))

;;; Generic shapes, to show CLOS.

(defclass stack ()
  ((items :initform '() :accessor stack-items)
   (limit :initarg :limit :initform 100 :reader stack-limit))
  (:documentation "A bounded push-down stack."))

(defgeneric push-item (stack item))

(defmethod push-item ((s stack) item)
  (with-slots (items limit) s
    (when (>= (length items) limit)
      (error 'stack-overflow :stack s))
    (push item items)))

(define-condition stack-overflow (error)
  ((stack :initarg :stack :reader overflowed-stack))
  (:report (lambda (c stream)
             (format stream "Stack ~S is full" (overflowed-stack c)))))

(defun read-sentences (pathname)
  (with-open-file (in pathname :direction :input :if-does-not-exist nil)
    (when in
      (loop for line = (read-line in nil nil)
            while line
            unless (string= "" (string-trim '(#\Space #\Tab) line))
              collect (with-input-from-string (s line)
                        (loop for w = (read s nil :eof)
                              until (eq w :eof)
                              collect w))))))
