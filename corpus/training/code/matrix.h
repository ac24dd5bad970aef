#pragma once
#ifndef MATRIX_H
#define MATRIX_H

#include <iostream.h>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <list>
#include <set>
#include <deque>
#include <queue>
#include <QWidget>
#include <QMainWindow>
#include <QPainter>
#include <QTimer>
#include <boost/shared_ptr.hpp>

using namespace std;

/**
 * \brief A dense matrix of numbers, stored row by row.
 *
 * \tparam T   element type, usually double or float
 * \tparam R   number of rows
 * \tparam C   number of columns
 */
template<class T, int R, int C>
class Matrix
{
public:
	typedef T value_type;
	typedef T*       iterator;
	typedef const T* const_iterator;

	Matrix() { memset(m_data, 0, sizeof(m_data)); }
	explicit Matrix(const T* src)
	{
		for (int i = 0; i < R * C; i++)
			m_data[i] = src[i];
	}

	static Matrix identity()
	{
		Matrix m;
		for (int i = 0; i < min(R, C); i++)
			m(i, i) = T(1);
		return m;
	}

	inline T&       operator()(int r, int c)       { return m_data[r * C + c]; }
	inline const T& operator()(int r, int c) const { return m_data[r * C + c]; }

	Matrix& operator+=(const Matrix& rhs)
	{
		for (int i = 0; i < R * C; ++i) m_data[i] += rhs.m_data[i];
		return *this;
	}

	template<int K>
	Matrix<T, R, K> operator*(const Matrix<T, C, K>& rhs) const
	{
		Matrix<T, R, K> result;
		for (int i = 0; i < R; ++i)
			for (int j = 0; j < K; ++j)
			{
				T sum = 0;
				for (int k = 0; k < C; ++k)
					sum += (*this)(i, k) * rhs(k, j);
				result(i, j) = sum;
			}
		return result;
	}

	iterator begin() { return m_data; }
	iterator end()   { return m_data + R * C; }
	const_iterator begin() const { return m_data; }
	const_iterator end()   const { return m_data + R * C; }

private:
	T m_data[R * C];
};

typedef Matrix<double, 3, 3> Matrix3d;
typedef Matrix<float, 4, 4>  Matrix4f;

struct Vec3
{
	float x, y, z;

	Vec3(float x_ = 0, float y_ = 0, float z_ = 0) : x(x_), y(y_), z(z_) {}
	Vec3 operator-() const { return Vec3(-x, -y, -z); }
	Vec3 operator+(const Vec3 &v) const { return Vec3(x + v.x, y + v.y, z + v.z); }
	Vec3 operator*(float k) const { return Vec3(x * k, y * k, z * k); }
	float dot(const Vec3 &v) const { return x * v.x + y * v.y + z * v.z; }
	float length() const { return sqrtf(dot(*this)); }
	void normalize()
	{
		float len = length();
		if (len > 1e-6f) { x /= len; y /= len; z /= len; }
	}
};

class Shape
{
public:
	Shape(const QColor &color) : m_color(color), m_visible(true) { }
	virtual ~Shape() { }

	virtual double area() const = 0;
	virtual void draw(QPainter *painter) const = 0;

	void setVisible(bool visible) { m_visible = visible; }
	bool isVisible() const { return m_visible; }

protected:
	QColor m_color;
	bool   m_visible;
};

class Circle : public Shape
{
public:
	Circle(QPointF center, qreal radius, const QColor &color = Qt::red)
		: Shape(color)
		, m_center(center)
		, m_radius(radius)
	{
	}

	double area() const override { return M_PI * m_radius * m_radius; }
	void draw(QPainter *painter) const override
	{
		painter->setBrush(m_color);
		painter->drawEllipse(m_center, m_radius, m_radius);
	}

private:
	QPointF m_center;
	qreal   m_radius;
};

class Canvas : public QWidget
{
	Q_OBJECT
	Q_PROPERTY(int zoom READ zoom WRITE setZoom NOTIFY zoomChanged)

public:
	explicit Canvas(QWidget *parent = nullptr)
		: QWidget(parent), m_zoom(100), m_timer(new QTimer(this))
	{
		connect(m_timer, &QTimer::timeout, this, [this]() { update(); });
		m_timer->start(40);
	}
	~Canvas() { qDeleteAll(m_shapes); }

	int zoom() const { return m_zoom; }

public slots:
	void setZoom(int percent)
	{
		if (percent == m_zoom || percent < 10 || percent > 800)
			return;
		m_zoom = percent;
		emit zoomChanged(m_zoom);
	}

signals:
	void zoomChanged(int percent);

protected:
	void paintEvent(QPaintEvent *event) override;
	void mousePressEvent(QMouseEvent *event) override;

private:
	int             m_zoom;
	QTimer         *m_timer;
	QList<Shape *>  m_shapes;
	Q_DISABLE_COPY(Canvas)
};

template<typename Key, typename Cost>
class PriorityQueue
{
	struct Greater
	{
		bool operator()(const std::pair<Cost, Key>& a, const std::pair<Cost, Key>& b) const
		{
			return a.first > b.first;
		}
	};
	std::priority_queue<std::pair<Cost, Key>, std::vector<std::pair<Cost, Key> >, Greater> queue;

public:
	bool empty() const { return queue.empty(); }
	void push(const Key& key, Cost cost) { queue.push(std::make_pair(cost, key)); }
	Key pop()
	{
		Key k = queue.top().second;
		queue.pop();
		return k;
	}
};

#endif // MATRIX_H
